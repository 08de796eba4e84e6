import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missing, programPath, without } from '../harness/mail/programs.js';

const samples = fileURLToPath(new URL('../../samples/config', import.meta.url));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-samples-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The settings that stand in a sample's comments, indented by three: what its reader copies. */
function settingsIn(sample: string): string {
  const lines = readFileSync(join(samples, sample), 'utf8').split('\n');
  return lines.flatMap((line) => /^# {3}(.*)$/.exec(line)?.[1] ?? []).join('\n');
}

describe('what the samples say the server behind needs', () => {
  it.skipIf(missing.dovecot !== '').each(['dovecot.yaml', 'passed-through.yaml'])(
    `%s: Dovecot reads it${without(missing.dovecot)}`,
    (sample) => {
      const conf = join(folder, 'dovecot.conf');
      writeFileSync(conf, `${settingsIn(sample)}\n`);
      const read = execFileSync(programPath('doveconf')!, ['-n', '-c', conf], { encoding: 'utf8', stdio: 'pipe' });
      expect(read).toMatch(/^ {4}port = 10143$/m);
    },
  );

  it('postfix-submission.yaml: no comment ends a line of master.cf, where Postfix takes it for arguments', () => {
    const settings = settingsIn('postfix-submission.yaml');
    expect(settings).toMatch(/ smtpd$/m);
    expect(settings).not.toContain('#');
  });
});
