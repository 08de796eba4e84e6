import { readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLoginLog } from '../../../../src/login/index.js';
import type { ProxiedLogin, Recognition } from '../../../../src/model/index.js';
import { mutt } from '../../../harness/observation.js';
import { helloOfMutt, proxiedLogin } from '../../../harness/proxied-login.js';
import { temporaryFolder } from '../../store/folder.js';
import { label } from '../../store/rows.js';

async function written(...logins: ProxiedLogin[]): Promise<string> {
  const file = join(temporaryFolder(), 'login.log');
  const log = await openLoginLog({ target: { file }, openssl: '3.5' });
  for (const login of logins) log.write(login);
  const text = readFileSync(file, 'utf8');
  expect(log.close()).toBe(0);
  return text;
}

const recognition: Recognition = {
  rung: 'ssl_ja3',
  score: 1,
  confidence: 0.987654,
  family: 'GnuTLS',
  candidates: [{ label: label(), share: 1 }],
  difference: null,
};

describe('a login line', () => {
  it('is in the file when write returns, with every field under its documented name', async () => {
    const { ja3, ja3Hash, sslJa3, sslJa3Hash } = mutt;
    expect(JSON.parse(await written(proxiedLogin({ recognition })))).toEqual({
      level: 'info',
      time: '2026-11-22T04:28:45.123Z',
      session: 'KfNMtNhgEurGM2QV',
      listener: 'imaps',
      protocol: 'imap',
      mode: 'terminated',
      outcome: 'succeeded',
      user: 'alice@example.org',
      mechanism: 'PLAIN',
      attempt: 1,
      reason: null,
      reason_code: null,
      src_ip: '192.0.2.7',
      src_port: 41_234,
      dst_ip: '198.51.100.1',
      dst_port: 993,
      tls: true,
      starttls: false,
      tls_version: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      sni: 'imap.example.org',
      alpn: ['imap'],
      openssl: '3.5',
      ssl_ja3: sslJa3,
      ssl_ja3_hash: sslJa3Hash,
      ja3,
      ja3_hash: ja3Hash,
      ja3n_hash: helloOfMutt.ja3n.hash,
      ja4: 't13d2913ap_000000000001_000000000002',
      ja4_r: 't13d2913ap_000a_0005,000a_0403',
      client: 'Mutt 2.2.9',
      client_rung: 'ssl_ja3',
      client_score: 1,
      client_confidence: 0.9877,
      client_family: 'GnuTLS',
      client_id: [['name', 'Mutt']],
      verdict: null,
      verdict_seconds: null,
      verdict_rule: null,
      verdict_source: null,
      verdict_ignored: null,
      backend: 'dovecot (192.0.2.200:143)',
      duration_ms: 187,
      msg: 'login',
    });
  });

  it('has the documented keys and no other', async () => {
    const documented = [...readFileSync('docs/login-lines.md', 'utf8').matchAll(/^\| (`.*?) \|/gm)].flatMap((row) =>
      [...row[1]!.matchAll(/`(\w+)`/g)].map((key) => key[1]!),
    );
    const other = { string: '771,4865,0,29,0', hash: 'fe4bf8d4c2c5cb8ab4e4a4c4c2d3bd1c' };
    const both = { ...helloOfMutt, sslJa3: { '3.0': other, '3.5': helloOfMutt.sslJa3['3.5'] } };
    const keys = Object.keys(JSON.parse(await written(proxiedLogin({ fingerprint: both }))) as object);
    expect(keys).toContain('ssl_ja3_30');
    expect(keys.filter((key) => !documented.includes(key))).toEqual([]);
    expect(documented.filter((key) => !keys.includes(key) && !key.startsWith('ssl_ja3_35'))).toEqual([]);
  });

  it('has null where nothing is known', async () => {
    const nothing = { fingerprint: null, sslJa3: null, ja3: null, ja4: null, sni: null, alpn: null, clientId: null };
    const entry = JSON.parse(await written(proxiedLogin(nothing))) as object;
    expect(entry).toMatchObject({ ja3: null, ja3_hash: null, ssl_ja3: null, ja3n_hash: null, ja4: null, ja4_r: null });
    expect(entry).toMatchObject({ client: null, client_rung: null, client_score: null, sni: null, client_id: null });
  });

  it('names the family of a TLS library where the rung names no client', async () => {
    const near = { ...recognition, rung: 'nearest' as const, score: 0.91 };
    expect(JSON.parse(await written(proxiedLogin({ recognition: near })))).toMatchObject({ client: 'GnuTLS' });
  });

  it('is one line of printable characters whatever the client chose, and gives them back', async () => {
    const sni = '\u202eevil\u2028\u200b"\\\ue000';
    const text = await written(proxiedLogin({ sni, user: 'a\nb' }));
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(text)).toMatchObject({ sni, user: 'a?b' });
  });

  it('shows of a fingerprint of absurd length the hash alone', async () => {
    const huge = { string: `771,${'4865-'.repeat(40_000)}1,0,,`, hash: 'a'.repeat(32) };
    const text = await written(proxiedLogin({ fingerprint: { ...helloOfMutt, ja3: huge } }));
    expect(text.length).toBeLessThan(4_096);
    expect(JSON.parse(text)).toMatchObject({ ja3: null, ja3_hash: huge.hash });
  });
});

describe('a login log', () => {
  it('is for its owner and group, and is added to', async () => {
    const file = join(temporaryFolder(), 'login.log');
    for (const session of ['one', 'two']) {
      const log = await openLoginLog({ target: { file }, openssl: '3.5' });
      log.write(proxiedLogin({ session }));
      log.close();
    }
    expect(statSync(file).mode & 0o137).toBe(0);
    expect(readFileSync(file, 'utf8').match(/"session":"\w+"/g)).toEqual(['"session":"one"', '"session":"two"']);
  });

  it('goes on in a new file after logrotate has renamed the old one and reopen was called', async () => {
    const file = join(temporaryFolder(), 'login.log');
    const log = await openLoginLog({ target: { file }, openssl: '3.5' });
    log.write(proxiedLogin({ session: 'one' }));
    renameSync(file, `${file}.1`);
    log.write(proxiedLogin({ session: 'two' }));
    log.reopen();
    log.write(proxiedLogin({ session: 'three' }));
    log.close();
    const sessions = (path: string) => readFileSync(path, 'utf8').match(/"session":"\w+"/g);
    expect(sessions(`${file}.1`)).toEqual(['"session":"one"', '"session":"two"']);
    expect(sessions(file)).toEqual(['"session":"three"']);
  });

  it('goes on behind a copy that was cut to nothing', async () => {
    const file = join(temporaryFolder(), 'login.log');
    const log = await openLoginLog({ target: { file }, openssl: '3.5' });
    log.write(proxiedLogin());
    truncateSync(file);
    log.write(proxiedLogin({ session: 'two' }));
    log.close();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ session: 'two' });
  });

  it('refuses a file that cannot be opened, and keeps the old one where reopening fails', async () => {
    const folder = temporaryFolder();
    const refusal = { name: 'SensorError', code: 'log_unwritable', field: 'log' };
    await expect(openLoginLog({ target: { file: folder }, openssl: '3.5' })).rejects.toMatchObject(refusal);
    const file = join(folder, 'there', 'login.log');
    await expect(openLoginLog({ target: { file }, openssl: '3.5' })).rejects.toMatchObject(refusal);
  });
});
