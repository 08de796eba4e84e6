import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { run } from '../harness/command.js';
import { type Json, runJson } from '../harness/json-output.js';
import { mutt } from '../harness/observation.js';
import { batch, heard, key, seen } from '../unit/store/policy-rows.js';

const HASH = '0123456789abcdef0123456789abcdef';

let folder: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-changes-'));
  database = join(folder, 'x.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const ask = (args: readonly string[], code = 0) =>
  runJson(['db', ...args, '--json', '--database', database], { code }).then(({ json }) => json);
const askText = (...args: string[]) => run(['db', ...args, '--database', database]);
const record = (...args: string[]) => run([...args.slice(0, 1), '--record', '--database', database, ...args.slice(1)]);

describe('ja3-sensor db label', () => {
  it('adds a label, lists it, removes it, and brings it back when it is added again', async () => {
    const add = [
      'label',
      'add',
      '--view',
      'ja3',
      '--tls-library',
      'GnuTLS',
      '--captured',
      '2026-11',
      'our backup',
      HASH,
    ];
    const { added, label } = await ask(add);
    expect([added, label]).toEqual([
      true,
      expect.objectContaining({
        client: 'our backup',
        tls_library: 'GnuTLS',
        view: 'ja3',
        hash: HASH,
        quality: 'operator',
        source: 'operator',
        kind: 'user agent',
        captured: '2026-11',
      }),
    ]);
    expect(await ask(add)).toMatchObject({ added: false, label: { id: label.id } });
    expect(await ask(['lookup', HASH])).toMatchObject({ rung: 'ja3', family: 'GnuTLS' });
    expect((await ask(['label', 'list', '--quality', 'operator'])).labels).toEqual([label]);
    expect((await ask(['label', 'remove', String(label.id)])).removed).toEqual([label]);
    expect((await ask(['label', 'list', '--quality', 'operator'], 1)).labels).toEqual([]);
    expect((await ask(['label', 'remove', String(label.id)], 1)).removed).toEqual([]);
    expect(await ask(add)).toMatchObject({ added: true, label: { id: label.id } });
  });

  it('removes what a filter chooses, and a later recording does not bring it back', async () => {
    await record('pcap', 'samples/mail-logins.pcapng');
    const { removed } = await ask(['label', 'remove', '--source', 'dovecot-docs']);
    expect(removed.map(({ client }: Json) => client).sort()).toEqual(['Mutt', 'OpenSSL', 'Thunderbird']);
    await record('pcap', 'samples/imaps/imaps.pcapng');
    expect((await ask(['label', 'list', '--source', 'dovecot-docs'], 1)).labels).toEqual([]);
  });

  it('knows from what was recorded whether a hash is a ja3 or an ssl_ja3, and asks where it does not', async () => {
    await record('pcap', 'samples/mail-logins.pcapng');
    expect((await ask(['label', 'add', 'our mutt', mutt.ja3Hash])).label).toMatchObject({ view: 'ja3' });
    expect((await ask(['label', 'add', 'our mutt', mutt.sslJa3Hash])).label).toMatchObject({ view: 'ssl_ja3' });
    expect((await ask(['label', 'add', 'our mutt', mutt.ja3])).label).toMatchObject({ view: 'ja3', string: mutt.ja3 });
    expect((await ask(['label', 'add', 'x', 't13d291300_723694b0fccc_2cc26d266019'])).label).toMatchObject({
      view: 'ja4',
    });
    const unknown = await askText('label', 'add', 'x', HASH);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('say --view')]);
  });

  it.each([
    [['add', '--view', 'ja3', 'x', 'nonsense'], ''],
    [['add', '--view', 'ja4', 'x', HASH], 'is no ja4'],
    [['add', '--view', 'ja3', '', HASH], 'client is missing'],
    [['add', '--view', 'ja3', '--weight', '-1', 'x', HASH], 'weight'],
    [['add', '--view', 'ja3', '--captured', 'today', 'x', HASH], 'captured is no YYYY'],
    [['add', '--view', 'ja3', 'x', '771,2570-4865,0,29,0'], 'GREASE'],
    [['remove'], 'say which labels'],
    [['remove', 'mutt'], 'mutt is no number of a label'],
    [['remove', '--source', 'x', '1'], 'not by both'],
  ])('label %j ends with 2, and makes no database', async (args, reason) => {
    const { code, stdout, stderr } = await askText('label', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
    expect(() => statSync(database)).toThrow('ENOENT');
  });
});

describe('ja3-sensor db prune', () => {
  it('does what --dry-run tells', async () => {
    await record('pcap', 'samples/mail-logins.pcapng');
    await record('log', 'samples/logs/dovecot-2.4.log');
    const before = await ask(['status']);
    // What is pruned was recorded in an earlier second than the one it is asked in.
    const recorded = Math.floor(Date.now() / 1000);
    while (Math.floor(Date.now() / 1000) <= recorded) await setTimeout(20);
    for (const options of [
      ['--addresses', '0', '--logins', 'forever'],
      ['--logins', '0', '--observations', 'forever'],
      ['--observations', '0'],
    ]) {
      const { dry_run, ...due } = await ask(['prune', '--dry-run', ...options]);
      const { wiped, ...done } = await ask(['prune', ...options]);
      expect([dry_run, wiped]).toEqual([true, true]);
      expect(done).toEqual({ dry_run: false, ...due });
      expect(Object.values(due).some((count) => Number(count) > 0)).toBe(true);
    }
    const after = await ask(['status']);
    expect([after.observations, after.logins, after.fingerprints]).toEqual([0, 0, 0]);
    expect(after.labels).toBe(before.labels);
    expect((await askText('prune')).stdout).toBe('did nothing: nothing is old enough\n');
  });

  it.each([
    ['--logins', 'soon'],
    ['--addresses', '-1'],
    ['--observations', '1.5'],
  ])('refuses %s %s', async (...args) => {
    const { code, stderr } = await askText('prune', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${args[0]} is a number of days, or forever`)]);
  });
});

describe('ja3-sensor db backup', () => {
  it('makes a database with the same content, for its owner alone, and writes nothing over', async () => {
    await record('pcap', 'samples/mail-logins.pcapng');
    const copy = join(folder, 'copy.db');
    const made = await ask(['backup', copy]);
    expect(made).toEqual({ path: copy, size: statSync(copy).size });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const { path: _, key_path: __, size: ___, free: ____, ...own } = await ask(['status']);
    const theirs = (await runJson(['db', 'status', '--json', '--database', copy])).json;
    expect(theirs).toMatchObject(own);
    const again = await askText('backup', copy);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain('there is a file of that name already');
    const text = await askText('backup', join(folder, 'second.db'));
    expect(text.stdout).toContain('The key file is not in it');
  });
});

/** What a policy may keep of a user. */
async function writePolicy(user: string): Promise<void> {
  const store = await openStore(database, { create: false });
  const userKey = store.policy.userKey(user);
  store.policy.write(
    batch({
      heard: [heard(1, { userKey, rule: 'spray', ignored: { action: 'tarpit', seconds: 5 } })],
      userClients: [{ userKey, device: key(1), ...seen(1, 2) }],
      userNetworks: [{ userKey, network: '192.0.2.0/24', ...seen(1, 2) }],
      listed: [{ list: 'block', ip: null, login: user, ja3: null, expires: 9_999_999_999, reason: 'because' }],
    }),
  );
  store.close();
}

describe('ja3-sensor db export-user and forget-user', () => {
  it('tell what is stored of a user, and delete it', async () => {
    const log = join(folder, 'log');
    const line = (user: string, reason: string): string =>
      `2026-11-22T07:48:35Z mail dovecot: imap-login: ${reason}: user=<${user}>, method=PLAIN, rip=198.51.100.21, lip=192.0.2.28, lport=993, TLS, session=<${user}>, ssl_ja3_hash=${mutt.sslJa3Hash}\n`;
    writeFileSync(log, line('bob', 'Logged in') + line('eve', 'Logged in'));
    await record('log', log);
    const { user, logins } = await ask(['export-user', 'BOB']);
    expect([user, logins]).toEqual([
      'BOB',
      [
        expect.objectContaining({
          timestamp: '2026-11-22T07:48:35Z',
          user: null,
          src_ip: '198.51.100.21',
          dst_port: 993,
          outcome: 'succeeded',
          fingerprint: mutt.sslJa3Hash,
        }),
      ],
    ]);
    expect((await askText('export-user', 'bob')).stdout).toContain('198.51.100.21');
    await writePolicy('bob');
    const { policy } = await ask(['export-user', 'BOB']);
    expect(policy).toEqual({
      heard: [
        expect.objectContaining({
          timestamp: '2023-11-14T22:13:21.123Z',
          session: 'session1',
          src_ip: '192.0.2.1',
          outcome: 'succeeded',
          verdict: 'allow',
          ignored: 'tarpit 5',
          verdict_rule: 'spray',
          ssl_ja3_hash: mutt.sslJa3Hash,
        }),
      ],
      clients: [
        { device: key(1), first_seen: '1970-01-01T00:00:01Z', last_seen: '1970-01-01T00:00:02Z', succeeded: 1 },
      ],
      networks: [expect.objectContaining({ network: '192.0.2.0/24' })],
      usual: [],
      listed: [expect.objectContaining({ list: 'block', login: 'bob', reason: 'because' })],
    });
    const shown = (await askText('export-user', 'bob')).stdout;
    for (const part of ['198.51.100.21', 'heard by a policy', 'allow (tarpit 5 ignored)', '192.0.2.0/24', 'because']) {
      expect(shown).toContain(part);
    }
    expect((await ask(['status'])).policy).toEqual({
      heard: 1,
      user_clients: 1,
      user_networks: 1,
      devices: 0,
      usual: 0,
      listed: 1,
    });
    expect((await askText('status')).stdout).toContain('1 login heard, 1 client and 1 network of users');
    expect(await ask(['forget-user', 'bob'])).toEqual({ forgotten: 5 });
    await writePolicy('bob');
    expect((await ask(['export-user', 'bob'])).logins).toEqual([]);
    expect((await askText('forget-user', 'bob')).stdout).toBe('deleted 4 rows\n');
    expect(await ask(['forget-user', 'bob'], 1)).toEqual({ forgotten: 0 });
    const gone = await askText('export-user', 'bob');
    expect([gone.code, gone.stdout, gone.stderr]).toEqual([1, '', 'ja3-sensor: no login of bob is stored\n']);
    expect((await ask(['export-user', 'eve'])).logins).toHaveLength(1);
    expect(readFileSync(database).includes('<bob>')).toBe(false);
    expect((await askText('forget-user', '')).code).toBe(2);
  });
});

describe('ja3-sensor db new-key', () => {
  it('begins a key where it is lost: recording goes on, users of before are forgotten', async () => {
    await record('log', 'samples/logs/dovecot-2.4.log');
    const { key_path } = await ask(['status']);
    const old = readFileSync(key_path);
    expect((await ask(['export-user', 'user1'])).logins).not.toEqual([]);
    rmSync(key_path);
    expect((await record('log', 'samples/logs/dovecot-2.3.log')).stderr).toContain('(ja3-sensor db new-key)');
    expect(await ask(['new-key'])).toEqual({ key_path });
    expect(statSync(key_path).mode & 0o777).toBe(0o600);
    expect(readFileSync(key_path)).not.toEqual(old);
    expect((await ask(['export-user', 'user1'], 1)).logins).toEqual([]);
    expect((await record('log', 'samples/logs/dovecot-2.3.log')).code).toBe(0);
    expect((await ask(['export-user', 'user1'])).logins).not.toEqual([]);
  });

  it('leaves a key that is right, but for --replace', async () => {
    await record('log', 'samples/logs/dovecot-2.4.log');
    const { key_path } = await ask(['status']);
    const old = readFileSync(key_path);
    const { code, stdout, stderr } = await askText('new-key');
    expect([code, stdout, readFileSync(key_path)]).toEqual([1, '', old]);
    expect(stderr).toContain('with a new one all stored users are forgotten (--replace does it)');
    await ask(['new-key', '--replace']);
    expect(readFileSync(key_path)).not.toEqual(old);
    expect((await ask(['export-user', 'user1'], 1)).logins).toEqual([]);
  });

  it('makes no database', async () => {
    expect((await askText('new-key')).code).toBe(2);
    expect(() => statSync(database)).toThrow('ENOENT');
  });
});
