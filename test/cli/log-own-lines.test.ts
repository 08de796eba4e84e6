import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanLogin, openLoginLog } from '../../src/login/index.js';
import type { SeenLogin } from '../../src/model/index.js';
import { openStore } from '../../src/store/index.js';
import { run } from '../harness/command.js';
import { sampleLog } from '../harness/logins.js';
import { mutt } from '../harness/observation.js';
import { proxiedLogin, seenLogin } from '../harness/proxied-login.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-own-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Three logins of one connection each, and one that was passed through, as the proxy writes them. */
async function writeLog(file: string): Promise<SeenLogin[]> {
  const logins = [
    seenLogin(),
    seenLogin({ session: 'two', outcome: 'failed', reasonCode: 'auth_failed', reason: 'Authentication failed.' }),
    seenLogin({
      session: 'three',
      user: 'eve\u001b',
      fingerprint: null,
      sslJa3: null,
      ja3: null,
      ja4: null,
      tls: false,
    }),
  ];
  const log = await openLoginLog({ target: { file }, openssl: '3.5' });
  for (const login of [...logins, proxiedLogin({ session: 'four', outcome: 'unseen' })]) log.write(login);
  log.close();
  return logins;
}

describe('ja3-sensor log on the lines of the proxy', () => {
  it('prints their logins with names, among those of Dovecot, and counts what was passed through', async () => {
    const file = join(folder, 'proxy.log');
    await writeLog(file);
    writeFileSync(file, sampleLog('dovecot-2.4').toString('utf8').split('\n').slice(0, 2).join('\n'), { flag: 'a' });
    const { code, stdout, stderr } = await run(['log', file]);
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.slice(0, 3)).toMatchObject([
      {
        session: 'KfNMtNhgEurGM2QV',
        outcome: 'succeeded',
        ja3: mutt.ja3,
        ssl_ja3: mutt.sslJa3,
        ssl_ja3_hash: mutt.sslJa3Hash,
      },
      { session: 'two', outcome: 'failed', reason: 'Authentication failed.' },
      { session: 'three', user: 'eve?', tls: false, labels: [] },
    ]);
    expect(JSON.stringify(rows[0]?.labels)).toMatch(/mutt/i);
    expect(stderr).toContain('1 passed through by the proxy');
  });

  it('records what the proxy did not, and knows the rest again', async () => {
    const file = join(folder, 'proxy.log');
    const database = join(folder, 'sensor.db');
    const [first] = await writeLog(file);
    const store = await openStore(database, { create: true });
    expect(store.logins.record([cleanLogin(first!) as SeenLogin])).toEqual({ added: 1, known: 0 });
    store.close();
    const once = await run(['log', '--record', '--no-prune', '--database', database, file]);
    expect(once.stderr).toContain('recorded 2 in');
    expect(once.stderr).toContain('1 were there already');
    const again = await run(['log', '--record', '--no-prune', '--database', database, file]);
    expect(again.stderr).toContain('recorded 0 in');
    const after = await openStore(database, { create: false });
    expect(after.counts()).toMatchObject({ logins: 3, fingerprints: 1, observations: 0 });
    expect(after.fingerprints.find(mutt.ja3Hash)).toMatchObject([{ whole: true }]);
    expect(after.logins.list().map(({ listener, sni }) => [listener, sni])).toEqual(
      Array.from({ length: 3 }, () => ['imaps', 'imap.example.org']),
    );
    after.close();
  });

  it('gives no advice where there is nothing but what was passed through', async () => {
    const file = join(folder, 'proxy.log');
    await writeLog(file);
    const unseen = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"unseen"'));
    const { stdout, stderr } = await run(['log', '-'], { input: Buffer.from(unseen.join('\n')) });
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('1 passed through by the proxy');
  });
});
