import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/store/driver.js';
import { temporaryFolder } from './folder.js';

const SCRIPT = fileURLToPath(new URL('without-driver.ts', import.meta.url));

/** Module hooks as `--import` takes them: the driver is nowhere to be found. */
const HOOKS = `export function resolve(name, context, next) {
  if (name === 'better-sqlite3') throw new Error('no such package\\nand a second line');
  return next(name, context);
}`;
const dataUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const REGISTER = dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOKS))});`);

describe('the driver', () => {
  it('is not needed before a file is opened, and its absence is one clear error', () => {
    const path = join(temporaryFolder(), 'sensor.db');
    const printed = execFileSync(process.execPath, ['--import', 'tsx', '--import', REGISTER, SCRIPT, path], {
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual({
      counts: { fingerprints: 0, labels: 0, observations: 0, logins: 0 },
      name: 'SensorError',
      code: 'database_driver',
      field: 'database',
      message: `database ${path}: better-sqlite3 cannot be loaded: no such package`,
    });
  });

  it('says of a folder that is gone what is the matter', async () => {
    const path = join(temporaryFolder(), 'gone', 'sensor.db');
    await expect(connect(path, false, 0)).rejects.toMatchObject({ code: 'database_unreadable', field: 'database' });
  });
});
