import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS_FOLDER } from '../../../src/store/db-folder.js';
import { openStore } from '../../../src/store/index.js';
import { readMigrations } from '../../../src/store/migrate.js';
import { temporaryFolder } from './folder.js';
import { label } from './rows.js';

/** The package's own migrations with others behind them. */
function migrationsAnd(folder: string, ...more: string[]): string {
  mkdirSync(folder);
  const own = readMigrations(MIGRATIONS_FOLDER).map(({ sql }) => sql);
  for (const [index, sql] of [...own, ...more].entries()) {
    writeFileSync(join(folder, `${String(index + 1).padStart(4, '0')}_step.sql`), sql);
  }
  return folder;
}

function schemaOf(path: string): unknown {
  const raw = new Database(path, { readonly: true });
  try {
    return raw.pragma('user_version', { simple: true });
  } finally {
    raw.close();
  }
}

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    const numbers = readMigrations(MIGRATIONS_FOLDER).map(({ number }) => number);
    expect(numbers[0]).toBe(1);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('are refused with a gap, or when there are none', () => {
    const folder = temporaryFolder();
    expect(() => readMigrations(folder)).toThrow('no migrations');
    writeFileSync(join(folder, '0001_first.sql'), '');
    writeFileSync(join(folder, '0003_third.sql'), '');
    expect(() => readMigrations(folder)).toThrow('0003_third.sql should have number 2');
  });

  it('bring an older database up to date and keep what is in it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sensor.db');
    const before = await openStore(path, { create: true });
    before.labels.seed([label()]);
    before.close();
    const schema = Number(schemaOf(path));
    const migrations = migrationsAnd(join(folder, 'm'), 'CREATE TABLE one (a);', 'CREATE TABLE two (a);');
    // Read only, nothing is changed: the older schema is refused.
    const reading = openStore(path, { create: false, readOnly: true, migrations });
    await expect(reading).rejects.toMatchObject({ code: 'database_older', field: 'database' });
    expect(schemaOf(path)).toBe(schema);
    const after = await openStore(path, { create: false, migrations });
    expect(after.labels.all()).toEqual([label()]);
    after.close();
    expect(schemaOf(path)).toBe(schema + 2);
    // And what the newer one wrote, the older one refuses.
    await expect(openStore(path, { create: false })).rejects.toMatchObject({ code: 'database_newer' });
  });

  it('change nothing when one of them fails', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sensor.db');
    (await openStore(path, { create: true })).close();
    const schema = schemaOf(path);
    const migrations = migrationsAnd(join(folder, 'm'), 'CREATE TABLE one (a);', 'INSERT INTO nowhere VALUES (1);');
    await expect(openStore(path, { create: false, migrations })).rejects.toMatchObject({ field: 'database' });
    expect(schemaOf(path)).toBe(schema);
    const again = await openStore(path, { create: false });
    expect(again.counts().observations).toBe(0);
    again.close();
  });
});
