import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ascii, clientHello, record } from '../build/hello.js';
import { run } from '../harness/command.js';
import { type Json, runJson } from '../harness/json-output.js';
import { mutt } from '../harness/observation.js';
import { isInstalled, realHello } from '../harness/real-hello.js';

const clientsOf = (answer: Json): string[] => answer.candidates.map(({ client }: Json) => client);

// Made by other programs: how often Mutt's hello is in the sample, and where.
const recorded: Json[] = JSON.parse(readFileSync('samples/expected.json', 'utf8')).hellos.filter(
  ({ ja3_hash }: Json) => ja3_hash === mutt.ja3Hash,
);

let folder: string;
let database: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-lookup-'));
  database = join(folder, 'x.db');
  const { code } = await run(['pcap', '--record', '--database', database, 'samples/mail-logins.pcapng']);
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('ja3-sensor db lookup: Mutt', () => {
  it('by the ssl_ja3 of the Dovecot documentation, without a database', async () => {
    const { json, finished } = await runJson(['db', 'lookup', '--json', mutt.sslJa3Hash]);
    expect(json).toMatchObject({
      kind: 'hash',
      rung: 'ssl_ja3',
      score: 1,
      family: 'GnuTLS',
      seen: null,
      database: null,
    });
    expect(json.candidates).toContainEqual(
      expect.objectContaining({
        client: 'Mutt',
        version: '2.2.9',
        tls_library: 'GnuTLS',
        view: 'ssl_ja3',
        source: 'dovecot-docs',
        source_row: 2,
        quality: 'documented',
      }),
    );
    expect(finished.stderr).toContain('names are those of the package (`ja3-sensor pcap --record FILE`');
    expect(finished.stderr.split('\n')).toHaveLength(2);
  });

  it('by its ja3, with a recorded sample', async () => {
    const args = ['db', 'lookup', '--database', database, mutt.ja3Hash.toUpperCase()];
    const { json } = await runJson([...args, '--json']);
    expect(json).toMatchObject({ rung: 'ja3', family: 'GnuTLS', database });
    expect(json.candidates).toContainEqual(
      expect.objectContaining({ client: 'mutt', view: 'ja3', source: 'debian12-mail-clients', captured: '2026-11' }),
    );
    expect(json.seen).toMatchObject({ by: mutt.ja3Hash, hellos: recorded.length, logins: 0 });
    expect(json.seen.ports).toContainEqual(expect.objectContaining({ port: 993, starttls: null, hellos: 1 }));
    expect(json.seen.first_seen).toMatch(/^2026-11-22T04:54:\d\dZ$/);
    const { stdout, code } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Recognised: .* · GnuTLS\n/);
    expect(stdout).toMatch(/ {2}rung {2}ja3: .*\n {2}from {2}debian12-mail-clients\n/);
    expect(stdout).toMatch(/cannot be told apart by TLS: .*\bmutt, neomutt/);
    expect(stdout).toMatch(/mutt .* debian12-mail-clients:\d+, measured 2026-11, Apache-2\.0/);
    expect(stdout).toContain(`Seen: ${recorded.length} hellos, 0 logins`);
    expect(stdout).not.toContain('\u001b');
  });

  it('by a string of either kind', async () => {
    expect((await runJson(['db', 'lookup', '--json', mutt.ja3])).json).toMatchObject({ kind: 'string', rung: 'ja3' });
    const { json } = await runJson(['db', 'lookup', '--json', '-'], { input: ascii(`${mutt.sslJa3}\n`) });
    expect(json).toMatchObject({ query: '-', kind: 'string', rung: 'ssl_ja3' });
    expect(clientsOf(json)).toContain('Mutt');
  });

  for (const program of ['mutt', 'gnutls-cli'] as const) {
    it.skipIf(!isInstalled(program))(
      `by the hello that ${program} itself sends, in hex and as it is (skipped where ${program} is not installed)`,
      async () => {
        const hello = await realHello(program);
        const { json } = await runJson(['db', 'lookup', '--json', hello.toString('hex')]);
        expect(json).toMatchObject({ kind: 'hello', family: 'GnuTLS' });
        expect(clientsOf(json)).toEqual(expect.arrayContaining(['mutt', 'gnutls-cli']));
        expect(json.candidates.every(({ source }: Json) => source !== '')).toBe(true);
        const text = await run(['db', 'lookup', '-'], { input: hello });
        expect([text.code, text.stdout.split('\n')[0]]).toEqual([0, `ja3         ${json.fingerprint.ja3_hash}`]);
        expect(text.stdout).toContain(`rung  ${json.rung}`);
        expect(text.stdout).toMatch(/cannot be told apart by TLS: .*mutt/);
      },
    );
  }
});

describe('ja3-sensor db lookup', () => {
  it('says that an attack tool cannot be told from mail programs', async () => {
    const { json } = await runJson(['db', 'lookup', '--json', 'd39e1be3241d516b1f714bd47c2bc968']);
    expect(json.not_told_apart).toEqual(expect.arrayContaining(['hydra', 'python3-mail', 'fetchmail']));
  });

  it('finds a recorded hello by its ja4, and tells how it differs from what is known', async () => {
    // Thunderbird of the documentation, with two of its cipher suites changed places: nobody has that very value.
    const ja3 =
      '771,4867-4865-4866-49195-49199-52393-52392-49196-49200-49162-49161-49171-49172-156-157-47-53,0-23-65281-10-11-35-5-51-43-13-45-21,29-23-24-25-256-257,0';
    const { json } = await runJson(['db', 'lookup', '--json', ja3]);
    expect(json).toMatchObject({ rung: 'nearest', family: 'NSS', not_told_apart: [] });
    expect(json.confidence).toBeGreaterThan(0.5);
    expect(json.difference.cipher_suites).toEqual({
      added: [],
      dropped: [],
      moved: [{ value: 4867, name: 'TLS_CHACHA20_POLY1305_SHA256' }],
    });
    const ja4 = 't13d291300_723694b0fccc_2cc26d266019';
    const known = await runJson(['db', 'lookup', '--json', '--database', database, ja4]);
    // No label has a ja4; the recorded hello has a ja3 besides.
    expect(known.json).toMatchObject({
      kind: 'ja4',
      rung: 'ja3',
      family: 'GnuTLS',
      seen: { by: ja4, hellos: recorded.length },
    });
  });

  it('ends with 1 where nothing is known, also in JSON', async () => {
    const nobody = '0123456789abcdef0123456789abcdef';
    const { json, finished } = await runJson(['db', 'lookup', '--json', '--database', database, nobody], { code: 1 });
    expect(json).toMatchObject({ rung: 'none', candidates: [], seen: null });
    expect(finished.stderr).toBe(`ja3-sensor: nothing is known of ${nobody}\n`);
    expect(await run(['db', 'lookup', '--database', database, nobody])).toMatchObject({ code: 1, stdout: '' });
  });

  it('answers where something was seen that has no name', async () => {
    const own = join(folder, 'log');
    const hash = '00112233445566778899aabbccddeeff';
    writeFileSync(
      own,
      `2026-11-22T07:48:35Z mail dovecot: imap-login: Logged in: user=<bob>, method=PLAIN, rip=198.51.100.21, lip=192.0.2.28, lport=993, TLS, session=<a>, ssl_ja3_hash=${hash}\n`,
    );
    const logged = join(folder, 'logged.db');
    expect(await run(['log', '--record', '--database', logged, own])).toMatchObject({ code: 0 });
    const { json } = await runJson(['db', 'lookup', '--json', '--database', logged, hash]);
    expect(json).toMatchObject({ rung: 'none', seen: { logins: 1, hellos: 0, ports: [{ port: 993, logins: 1 }] } });
    expect((await run(['db', 'lookup', '--database', logged, hash])).stdout).toContain('nothing like it is known');
  });

  it('says on a mail port that lists of web traffic rarely match mail clients, and only there', async () => {
    const web = join(folder, 'web.db');
    const list = join(folder, 'web.csv');
    writeFileSync(list, `${mutt.ja3Hash},"Some Browser"\n0123456789abcdef0123456789abcdef,"Other Browser"\n`);
    const imported = await run(['db', 'import', '--database', web, list]);
    expect(imported.code, imported.stderr).toBe(0);
    const lookup = (...args: string[]) => runJson(['db', 'lookup', '--json', '--database', web, ...args]);
    const other = '0123456789abcdef0123456789abcdef';
    expect((await lookup(other)).json.rarely_match_mail).toEqual([]);
    expect((await lookup('--port', '443', other)).json.rarely_match_mail).toEqual([]);
    expect((await lookup('--port', '993', other)).json.rarely_match_mail).toEqual(['Other Browser']);
    // Others were captured: of these nothing is said.
    expect((await lookup('--port', '993', mutt.ja3Hash)).json.rarely_match_mail).toEqual(['Some Browser']);
    const { stdout } = await run(['db', 'lookup', '--database', web, '--port', '587', other]);
    expect(stdout).toContain(
      'Other Browser: from lists made of web traffic (kind http) alone, which rarely match mail clients',
    );
    // A port that was observed counts as well.
    await run(['pcap', '--record', '--database', web, 'samples/mail-logins.pcapng']);
    expect((await lookup(mutt.ja3Hash)).json.rarely_match_mail).toEqual(['Some Browser']);
  });

  it('escapes hostile names', async () => {
    const hostile = join(folder, 'hostile.db');
    const name = 'Mail\u001b[31m\u202eliaM';
    const hash = '0123456789abcdef0123456789abcdef';
    const added = await run(['db', 'label', 'add', '--database', hostile, '--view', 'ja3', name, hash]);
    expect(added.code, added.stderr).toBe(0);
    for (const args of [
      ['lookup', hash],
      ['lookup', '--json', hash],
      ['search', 'liaM'],
      ['search', '--json', 'liaM'],
      ['show', hash],
      ['show', '--json', hash],
      ['label', 'list', '--source', 'operator'],
    ]) {
      const { code, stdout } = await run(['db', ...args, '--database', hostile]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Mail\\(?:x|u00)1b\[31m\\u202eliaM/);
      for (const character of ['\u001b', '\u202e']) expect(stdout).not.toContain(character);
    }
  });

  it.each([
    [['db', 'lookup', 'nonsense'], 2, 'is none of these: a ja3 or ssl_ja3 (hash or string), a ja4, or a ClientHello'],
    [['db', 'lookup', '1603010005010000ff'], 1, 'end inside a hello'],
    [['db', 'lookup', '771,1-99999,,,'], 1, 'is no number up to 65535 (bad_ja3_string: cipher_suites at 6)'],
    [['db', 'lookup', mutt.ja3Hash.slice(0, 8)], 2, 'a hash has 32 hex digits, this 8 characters'],
    [['db', 'lookup', `${mutt.ja3Hash}x`], 2, 'a hash has 32 hex digits, this 33 characters'],
    [['db', 'lookup', '--port', '0', mutt.ja3Hash], 2, '--port is a number from 1 to 65535'],
    [['db', 'lookup', '--database', '/nonexistent/x.db', mutt.ja3Hash], 2, 'no database at /nonexistent/x.db: `ja3-s'],
    [['db', 'lookup', '--database', '', mutt.ja3Hash], 2, '--database has an empty name'],
    [['db', 'lookup'], 2, "missing required argument 'fingerprint' (ja3-sensor db lookup --help tells more)"],
    [['db', 'lokup', 'x'], 2, '(Did you mean lookup?) (ja3-sensor db --help tells more)'],
    [['db', 'top'], 1, 'no database at '],
  ])('%j ends with %i and says why in one line', async (args, code, reason) => {
    const finished = await run(args);
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toContain(reason);
    expect(finished.stderr).toMatch(/^ja3-sensor: [^\n]+\n$/);
  });

  it('reads a ja3 string that was copied with white space in it', async () => {
    const broken = mutt.ja3.replaceAll(',', ', ').replace('-49196', '-\n49196');
    const { json } = await runJson(['db', 'lookup', '--json', broken]);
    expect(json).toMatchObject({ kind: 'string', rung: 'ja3', family: 'GnuTLS' });
  });

  it('reads standard input: nothing there is an error', async () => {
    expect(await run(['db', 'lookup', '-'])).toMatchObject({ code: 2, stdout: '' });
    const { json } = await runJson(['db', 'lookup', '--json', '-'], { code: 1, input: record(clientHello()) });
    expect(json.kind).toBe('hello');
  });
});
