import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainInput } from '../../src/cli/commands/explain-input.js';
import { ascii, clientHello, record, serverNameExtension } from '../build/hello.js';
import { run } from '../harness/command.js';
import { mutt } from '../harness/observation.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hello = clientHello({ ciphers: [0x1301, 0xc02b], extensions: [serverNameExtension('mail.example.org')] });
const explain = (args: readonly string[], input: Uint8Array = new Uint8Array()) => run(['explain', ...args], { input });
const MAIL = 'samples/mail-logins.pcapng';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what can be explained', () => {
  it('a frame of a capture, with the fingerprints that other programs gave it', async () => {
    const { hellos } = JSON.parse(readFileSync('samples/expected.json', 'utf8'));
    const { code, stdout, stderr } = await explain(['--json', `${MAIL}:29`]);
    expect([code, stderr, stdout.split('\n').length]).toEqual([0, '', 2]);
    const { place, fingerprints, recognition } = JSON.parse(stdout);
    expect(place).toEqual({
      file: MAIL,
      frame: 29,
      src: '198.51.100.21:34818',
      dst: '192.0.2.25:993',
      starttls: null,
      retry: false,
    });
    const expected = hellos.find(({ frame }: { frame: number }) => frame === 29);
    expect(fingerprints.ja3).toMatchObject({ string: expected.ja3, hash: expected.ja3_hash });
    expect(fingerprints.ja4.hash).toBe(expected.ja4);
    expect(fingerprints.ssl_ja3['3.0'].hash).toBe(mutt.sslJa3Hash);
    expect(recognition).toMatchObject({ rung: 'ja3', family: 'GnuTLS' });
  });

  it('a frame, for people', async () => {
    const { code, stdout } = await explain([`${MAIL}:12`]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${MAIL}, frame 12: 203.0.113.77:57986 > 192.0.2.25:110 after STARTTLS (pop3)`);
    expect(stdout).toContain('ja3  d39e1be3241d516b1f714bd47c2bc968');
    expect(stdout).toContain('TLS library OpenSSL');
    // Colours are for terminals.
    expect(stdout).not.toContain('\u001b');
  });

  it('a second hello, and a file name with colons', async () => {
    const file = join(folder, 'a:b:12');
    copyFileSync('samples/hello-retry/hello-retry.pcapng', file);
    const { stdout } = await explain(['--json', `${file}:8`]);
    expect(JSON.parse(stdout).place).toMatchObject({ file, frame: 8, retry: true });
    // The name as it is comes first: nothing of it is taken for a frame.
    expect((await explain([file])).stdout).toContain('FRAME');
  });

  it('a capture with several hellos is listed', async () => {
    const { code, stdout, stderr } = await explain([MAIL]);
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 17]);
    expect(stdout).toMatch(/^FRAME +SRC_IP/);
    expect(stderr).toContain(`choose one by its frame (ja3-sensor explain ${MAIL}:FRAME)`);
    const rows = (await explain(['--json', MAIL])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(16);
    expect(rows[0]).toMatchObject({ frame: 12, ja3_hash: 'd39e1be3241d516b1f714bd47c2bc968' });
  });

  it('the only hello of a capture', async () => {
    const one = join(folder, 'one.pcapng');
    execFileSync('node', [
      '-e',
      `
      const fs = require('node:fs');
      const bytes = fs.readFileSync(process.argv[1]);
      let at = 0, packets = 0;
      while (at < bytes.length && packets < 12) {
        if (bytes.readUInt32LE(at) === 6) packets++;
        at += bytes.readUInt32LE(at + 4);
      }
      fs.writeFileSync(process.argv[2], bytes.subarray(0, at));
    `,
      MAIL,
      one,
    ]);
    const { code, stdout } = await explain(['--json', one]);
    expect([code, JSON.parse(stdout).place.frame]).toEqual([0, 12]);
  });

  it('a ja3 string', async () => {
    const { code, stdout } = await explain([mutt.ja3]);
    expect(code).toBe(0);
    expect(stdout).toContain(`ssl_ja3  ${mutt.sslJa3Hash}`);
    expect(stdout).toContain('ja4  none');
  });

  it('standard input: a dump', async () => {
    const input = execFileSync('od', ['-A', 'x', '-t', 'x1', '-v'], { input: record(hello) });
    const { code, stdout } = await explain(['--json', '-'], input);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).hello.cipher_suites).toHaveLength(2);
  });

  it('standard input: bytes as they are', async () => {
    const { stdout } = await explain(['--json', '-'], hello);
    expect(JSON.parse(stdout).fingerprints.ja3.string).toBe('771,4865-49195,0,,');
  });

  it('standard input: a ja3 string', async () => {
    // Mutt's, its extensions in another order: how sure an answer by that rung is has been measured.
    const [version, ciphers, extensions, ...rest] = mutt.ja3.split(',');
    const shuffled = [version, ciphers, extensions!.split('-').reverse().join('-'), ...rest].join(',');
    const { stdout } = await explain(['--json', '-'], ascii(`${shuffled}\n`));
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'ja3_string',
      recognition: { rung: 'unordered', family: 'GnuTLS', confidence: expect.any(Number) },
    });
  });

  it('several hellos, one after the other, and what is behind them', async () => {
    const both = hex(record(hello)) + hex(record(clientHello({ ciphers: [0x1303] })));
    const { code, stdout, stderr } = await explain(['--json', `${both}170303`]);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).fingerprints.ja3.string);
    expect([code, found]).toEqual([0, ['771,4865-49195,0,,', '771,4867,,,']]);
    expect(stderr).toBe('ja3-sensor: 3 bytes behind the hello are not explained\n');
  });

  it('the OpenSSL generation', async () => {
    const message = '771,4865,27,29,0';
    expect((await explain(['--json', '--openssl', '3.5', message])).stdout).toContain('"ssl_ja3_differs":[]');
    expect((await explain(['--json', message])).stdout).toContain('"because":"hidden_extensions"');
  });
});

describe('what the argument is', () => {
  it.each<[string, string, unknown]>([
    ['hex', hex(hello), { kind: 'bytes', bytes: hello }],
    ['hex with colons', hex(hello).replace(/..(?=.)/g, '$&:'), { kind: 'bytes', bytes: hello }],
    ['a ja3 string', mutt.ja3, { kind: 'ja3', string: mutt.ja3 }],
    ['an empty ja3 string', '771,,,,', { kind: 'ja3', string: '771,,,,' }],
    ['a file', MAIL, { kind: 'capture', file: MAIL, frame: null }],
    ['a frame', `${MAIL}:29`, { kind: 'capture', file: MAIL, frame: 29 }],
  ])('%s', async (_, what, input) => {
    expect(await explainInput(what)).toEqual(input);
  });

  it.each(['nosuch.pcap', 'nosuch.pcap:4', 'what is this?', 'xyz', '771,4865', `${MAIL}:x`])(
    'nothing: %j',
    async (what) => {
      await expect(explainInput(what)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:not_explainable|odd_hex)$/),
      });
    },
  );

  it('nothing: an empty argument is wrong use', async () => {
    await expect(explainInput('')).rejects.toThrow('the argument is empty');
  });
});

describe('--against', () => {
  it('ends with 0 where the hash is explained', async () => {
    const { code, stdout } = await explain(['--against', mutt.sslJa3Hash, `${MAIL}:29`]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Against ${mutt.sslJa3Hash}\n  is the ssl_ja3 with OpenSSL 1.1.1 to 3.1 of this hello`);
  });

  it('ends with 1 where it is not, and explains the hello all the same', async () => {
    const { code, stdout } = await explain(['--json', '--against', '0'.repeat(32), mutt.ja3]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ against: { matches: [], complete: true } });
  });

  it.each([
    [['--against', 'xyz', mutt.ja3], '--against wants a fingerprint'],
    [['--against', mutt.ja3Hash, MAIL], '--against needs one hello'],
  ])('asks for what it needs (%j)', async (args, message) => {
    const { code, stderr } = await explain(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('what cannot', () => {
  it.each([
    ['a file that is not there', ['nosuch.pcap:4'], '(not_explainable: input at 0)'],
    ['a hello cut short', [hex(record(hello)).slice(0, 60)], '(hello_incomplete: handshake at 30)'],
    ['a broken ja3 string', ['771,99999,0,29,0'], '(bad_ja3_string: cipher_suites at 4)'],
    ['no capture', ['package.json:1'], 'ja3-sensor: package.json: '],
    [
      'a frame without a hello',
      [`${MAIL}:13`],
      'no hello is completed in frame 13; those of this capture are in 12, 29, 89',
    ],
    [
      'a capture without a hello',
      ['samples/starttls-refused/starttls-refused.pcapng'],
      '(no_hello_in_capture: file at 0)',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await explain(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^ja3-sensor: .*\n$/);
    expect(stderr).toContain(message);
  });

  it('1 MB of hex', async () => {
    const { code, stderr } = await explain(['-'], ascii(`16030140000100fffc${'00'.repeat(500_000)}`));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ja3-sensor: .* \(\w+: \w+ at \d+\)\n$/);
    const more = await explain(['-'], new Uint8Array(2 ** 20 + 1).fill(0x30));
    expect(more.stderr).toContain('(input_too_large: input at 1048576)');
  });

  it('a database that is not there is wrong usage', async () => {
    expect((await explain(['--database', '/nonexistent/a.db', mutt.ja3])).code).toBe(2);
  });

  it('a capture on standard input without its frame', async () => {
    const { code, stderr } = await explain(['-'], readFileSync('samples/imaps/imaps.pcapng'));
    expect(code).toBe(2);
    expect(stderr).toContain('FILE:FRAME');
  });
});
