import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, run } from '../harness/command.js';
import { type Json, runJson } from '../harness/json-output.js';
import { mutt } from '../harness/observation.js';

// Made by other programs.
const hellos: Json[] = JSON.parse(readFileSync('samples/expected.json', 'utf8')).hellos;
const recorded = hellos.filter(({ ja3_hash }) => ja3_hash === mutt.ja3Hash);

let folder: string;
let database: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-questions-'));
  database = join(folder, 'x.db');
  expect(await run(['pcap', '--record', '--database', database, 'samples/mail-logins.pcapng'])).toMatchObject({
    code: 0,
  });
  expect(await run(['log', '--record', '--database', database, 'samples/logs/dovecot-2.4.log'])).toMatchObject({
    code: 0,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (...args: string[]) => runJson(['db', ...args, '--json', '--database', database]);
const askText = (...args: string[]) => run(['db', ...args, '--database', database]);

describe('ja3-sensor db show', () => {
  it('tells everything of a recorded fingerprint', async () => {
    const { fingerprint } = (await ask('show', mutt.ja3Hash.slice(0, 8))).json;
    expect(fingerprint).toMatchObject({
      ja3: mutt.ja3,
      ja3_hash: mutt.ja3Hash,
      ssl_ja3_30_hash: mutt.sslJa3Hash,
      ssl_ja3_35_hash: mutt.sslJa3Hash,
      ssl_ja3_hash: null,
      ja4: recorded[0].ja4,
      recognition: { rung: 'ja3', family: 'GnuTLS' },
    });
    expect(fingerprint.seen).toMatchObject({ whole: true, hellos: recorded.length, logins: 0 });
    const count = (port: number) => recorded.filter(({ dst_port }) => dst_port === port).length;
    expect(fingerprint.seen.ports.map(({ port, hellos }: Json) => [port, hellos])).toEqual([
      [143, count(143)],
      [465, count(465)],
      [587, count(587)],
      [993, count(993)],
    ]);
    // Names of the registries, in the order of the string.
    const { cipher_suites, extensions, supported_groups } = fingerprint.contents;
    expect(cipher_suites[0]).toEqual({ value: 4866, name: 'TLS_AES_256_GCM_SHA384' });
    expect(cipher_suites.map(({ value }: Json) => value).join('-')).toBe(mutt.ja3.split(',')[1]);
    expect(extensions.map(({ value }: Json) => value).join('-')).toBe(mutt.ja3.split(',')[2]);
    expect(supported_groups.at(-1)).toEqual({ value: 260, name: 'ffdhe8192' });
    expect(fingerprint.labels).toContainEqual(expect.objectContaining({ client: 'Mutt', source: 'dovecot-docs' }));
    expect(fingerprint.neighbours.length).toBeGreaterThan(0);
    const scores = fingerprint.neighbours.map(({ score }: Json) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(fingerprint.neighbours.map(({ hash }: Json) => hash)).not.toContain(mutt.ja3Hash);
    expect(fingerprint.neighbours.every(({ difference }: Json) => difference !== null)).toBe(true);
    // By its number the same.
    expect((await ask('show', String(fingerprint.id))).json.fingerprint).toEqual(fingerprint);
    const { stdout } = await askText('show', String(fingerprint.id));
    expect(stdout).toContain(`Fingerprint ${fingerprint.id}\n`);
    expect(stdout).toContain('0x1302  TLS_AES_256_GCM_SHA384');
    expect(stdout).toContain(`Seen: ${recorded.length} hellos`);
    expect(stdout).toMatch(/Other labels under its values\n.*\nMutt .* dovecot-docs:2/);
    expect(stdout).toMatch(/Nearest\n {2}0\.\d\d {2}.*\n +differs .*(?:missing|added|elsewhere): /);
  });

  it('knows what only logs told of, and what it may be', async () => {
    const { fingerprints } = (await ask('top', '--limit', '100')).json;
    const partly = fingerprints.filter(({ whole }: Json) => !whole);
    expect(partly.length).toBeGreaterThan(0);
    const { fingerprint } = (await ask('show', String(partly[0].id))).json;
    expect(fingerprint.seen).toMatchObject({ whole: false, hellos: 0 });
    expect(fingerprint.seen.logins).toBeGreaterThan(0);
    expect((await askText('show', String(partly[0].id))).stdout).toMatch(/known from +logs alone/);
  });

  it('works on the labels of the package without a database', async () => {
    const { json } = await runJson(['db', 'show', '--json', 'f35ce21b']);
    expect(json.fingerprint).toMatchObject({
      id: null,
      ja3_hash: mutt.ja3Hash,
      ssl_ja3_30_hash: mutt.sslJa3Hash,
      seen: null,
    });
    const { stdout } = await run(['db', 'show', mutt.sslJa3Hash]);
    expect(stdout).toContain('Known by its labels, never seen');
  });

  it('lists those that a beginning may mean', async () => {
    // t13d: nearly every mail client of today.
    const { json, finished } = await ask('show', 't13d');
    expect(json.fingerprints.length).toBeGreaterThan(1);
    expect(json.fingerprints.every(({ ja4 }: Json) => ja4.startsWith('t13d'))).toBe(true);
    expect(finished.stderr).toContain('begin with t13d: choose one by its number');
  });

  it.each([
    ['9999999', 1, 'there is no fingerprint 9999999'],
    ['ffffffff', 1, 'there is no fingerprint ffffffff'],
    ['ab', 2, 'no beginning of one (four characters at least)'],
    ["x'; DROP TABLE labels", 2, 'no hash'],
  ])('%j ends with %i and says why', async (what, code, reason) => {
    const finished = await askText('show', what);
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toContain(reason);
  });
});

describe('ja3-sensor db top', () => {
  it('counts what was seen, of one port, since a moment, so many at most', async () => {
    const { fingerprints } = (await ask('top', '--limit', '100')).json;
    const seen = new Map<string, number>();
    for (const { ja3_hash } of hellos) seen.set(ja3_hash, (seen.get(ja3_hash) ?? 0) + 1);
    const whole = fingerprints.filter(({ hellos }: Json) => hellos > 0);
    expect(new Map(whole.map(({ ja3_hash, hellos }: Json) => [ja3_hash, hellos]))).toEqual(seen);
    const on993 = (await ask('top', '--port', '993', '--limit', '100')).json.fingerprints;
    expect(on993.reduce((sum: number, { hellos }: Json) => sum + hellos, 0)).toBe(
      hellos.filter(({ dst_port }) => dst_port === 993).length,
    );
    expect((await ask('top', '--limit', '2')).json.fingerprints).toEqual(fingerprints.slice(0, 2));
    const none = await askText('top', '--since', '2030-01-01');
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toContain('nothing of that kind was recorded in');
    const { stdout } = await askText('top', '--since', '2026-11-22T00:00:00Z', '--limit', '3');
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
    expect(stdout).toMatch(/^ID +HELLOS +LOGINS +FIRST SEEN/);
  });

  it.each([
    [['--limit', '0'], '--limit is a number from 1 to 10000'],
    [['--port', 'imaps'], '--port is a number'],
    [['--since', 'yesterday'], 'is no moment'],
  ])('ends %j with 2 and says why', async (args, reason) => {
    const { code, stderr } = await askText('top', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

describe('ja3-sensor db search', () => {
  it('finds labels by name, and fingerprints by server name and by the beginning of a hash', async () => {
    const { labels } = (await ask('search', 'THUNDERBIRD')).json;
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.every(({ client }: Json) => /thunderbird/i.test(client))).toBe(true);
    const sni: string = recorded.find(({ sni }) => sni !== null)!.sni;
    const byName = (await ask('search', sni)).json.fingerprints;
    expect(byName.map(({ ja3_hash }: Json) => ja3_hash)).toContain(mutt.ja3Hash);
    const byHash = (await ask('search', mutt.ja3Hash.slice(0, 6))).json;
    expect(byHash.fingerprints.map(({ ja3_hash }: Json) => ja3_hash)).toEqual([mutt.ja3Hash]);
    expect((await askText('search', 'mutt')).stdout).toMatch(/^ID +CLIENT/);
  });

  it('works on the labels of the package without a database; finds nothing with 1', async () => {
    const { json } = await runJson(['db', 'search', '--json', 'mutt']);
    expect(json.labels.map(({ client, id }: Json) => [client, id])).toContainEqual(['Mutt', null]);
    expect(json.fingerprints).toEqual([]);
    for (const text of ['%', '_', 'nobody at all']) {
      const { code, stdout, stderr } = await askText('search', text);
      if (text !== '_') expect([code, stdout, stderr]).toEqual([1, '', `ja3-sensor: nothing has ${text}\n`]);
    }
    expect((await askText('search', ' ')).code).toBe(2);
  });
});

describe('ja3-sensor db status', () => {
  it('tells path, schema, counts and times', async () => {
    const { json } = await ask('status');
    expect(json).toMatchObject({
      path: database,
      key_path: `${database}.key`,
      labels: 64,
      observations: hellos.length,
      oldest: expect.stringMatching(/^2026-11-22T04:54/),
      would_prune: { cut: 0, logins: 0, observations: 0, counts: 0, fingerprints: 0 },
    });
    expect(json.schema).toBeGreaterThanOrEqual(2);
    expect(json.logins).toBeGreaterThan(0);
    expect(json.partly_known).toBeGreaterThan(0);
    const { stdout } = await askText('status');
    expect(stdout).toMatch(new RegExp(`^database {6}${database}\n`));
    expect(stdout).toContain('would do nothing: nothing is old enough');
  });

  it('says in one line how to make a database where there is none', async () => {
    const { code, stdout, stderr } = await run(['db', 'status']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^ja3-sensor: no database at \S+: `ja3-sensor pcap --record FILE`, .* makes one\n$/);
  });
});

describe('every command of db', () => {
  it('has help with an example that is a command of ours', async () => {
    const names = ['status', 'lookup', 'search', 'show', 'top', 'label add', 'label remove', 'label list', 'import'];
    names.push('export', 'prune', 'backup', 'forget-user', 'export-user', 'new-key');
    const list = await run(['db', '--help']);
    for (const name of names) expect(list.stdout).toMatch(new RegExp(`^ {2}${name.split(' ')[0]} `, 'm'));
    const texts = await Promise.all(names.map((name) => run(['db', ...name.split(' '), '--help'])));
    for (const [i, { code, stdout }] of texts.entries()) {
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: ja3-sensor db ${names[i]} [options]`)]);
      expect(stdout).toMatch(new RegExp(`Examples?:\n(?: {2}.*\n)* {2}.*ja3-sensor db ${names[i]}`));
      expect(stdout).toContain('--json');
      expect(stdout).toContain('--database <path>');
    }
  });

  it('is described in docs/db.md', () => {
    const text = readFileSync(join(ROOT, 'docs/db.md'), 'utf8');
    for (const name of [
      'status',
      'lookup',
      'search',
      'show',
      'top',
      'label',
      'import',
      'export',
      'prune',
      'backup',
      'forget-user',
      'export-user',
      'new-key',
    ]) {
      expect(text).toContain(`db ${name}`);
    }
  });
});
