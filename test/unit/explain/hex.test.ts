import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOfText, findHellos, MAX_TEXT } from '../../../src/explain/index.js';
import { refusal } from '../../harness/refusal.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('bytes written as text', () => {
  it.each([
    ['digits', '160301'],
    ['capitals', '16 03 01'.toUpperCase()],
    ['colons', '16:03:01'],
    ['hyphens', '16-03-01'],
    ['lines', '16\r\n03\n 01\n'],
    ['0x', '0x16 0x03 0x01'],
    ['an array of C', '{ 0x16, 0x03, 0x01 };'],
    ['an array of JSON', '["16", "03", "01"]'],
    ['a string of C', String.raw`"\x16\x03\x01"`],
    ['one number', '0x160301'],
  ])('%s', (_, text) => {
    expect(hex(bytesOfText(text))).toBe('160301');
  });

  it('a dump whose lines are as long as a text may be', () => {
    const row = 'aa '.repeat(300_000);
    expect(bytesOfText(`0000: ${row}\n${(300_000).toString(16)}: bb`)).toHaveLength(300_001);
  });

  it('says where a character does not belong', () => {
    expect(refusal(() => bytesOfText('1603 0g'))).toEqual({ code: 'not_hex', field: 'text', offset: 6 });
    expect(refusal(() => bytesOfText('16 0x03 é'))).toEqual({ code: 'not_hex', field: 'text', offset: 8 });
  });

  it('refuses half a byte', () => {
    expect(refusal(() => bytesOfText('16030'))).toEqual({ code: 'odd_hex', field: 'text', offset: 5 });
  });

  it('takes as much text as its limit, and no more', () => {
    expect(bytesOfText('16'.repeat(MAX_TEXT / 2))).toHaveLength(MAX_TEXT / 2);
    expect(refusal(() => bytesOfText('16'.repeat(MAX_TEXT / 2 + 1)))).toMatchObject({ code: 'input_too_large' });
  });

  it('is not slow on a line that is nearly a dump', () => {
    // A quadratic reader would take minutes; the test's own time limit is the measure.
    const text = `00000000: ${'16 '.repeat(300_000)}zz`;
    expect(refusal(() => bytesOfText(text))).toMatchObject({ code: 'not_hex', offset: 10 + 900_000 });
    expect(refusal(() => bytesOfText(` ${' '.repeat(900_000)}zz`))).toMatchObject({ code: 'not_hex' });
  });
});

/** Bytes whose characters look like hex, so that a reader that takes the column of characters for bytes is found out. */
const sample = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i % 3 === 0 ? 0x61 + (i % 6) : i % 3 === 1 ? 0x30 + (i % 10) : i));

const DUMPS: readonly (readonly [program: string, ...args: string[]])[] = [
  ['xxd'],
  ['xxd', '-p'],
  ['xxd', '-c', '8'],
  ['xxd', '-g', '1'],
  ['xxd', '-i'],
  ['hexdump', '-C', '-v'],
  ['od', '-A', 'x', '-t', 'x1', '-v'],
  ['od', '-A', 'x', '-t', 'x1z', '-v'],
  ['od', '-A', 'n', '-t', 'x1', '-v'],
];

describe('dumps as programs print them', () => {
  for (const [program, ...args] of DUMPS) {
    const there = spawnSync(program, ['--version']).error === undefined;
    it.skipIf(!there)(`${program} ${args.join(' ')} (skipped where ${program} is not installed)`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
      try {
        const file = join(folder, 'bytes');
        // A single line of unusual width does not tell where its characters begin.
        const short = args.includes('8') ? [] : [1, 2, 7, 8];
        for (const length of [...short, 13, 14, 15, 16, 17, 30, 31, 32, 33, 250, 513]) {
          const bytes = sample(length);
          writeFileSync(file, bytes);
          // xxd -i names an array after the file: what is between its braces is what people copy.
          const text = execFileSync(program, [...args, file], { encoding: 'utf8' }).replace(/^[^{]*\{|\};[^}]*$/g, '');
          expect(hex(bytesOfText(text)), `${length} bytes`).toBe(hex(bytes));
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('takes text for a dump only where its offsets are those of its bytes', () => {
    expect(hex(bytesOfText('0000 16 03 01'))).toBe('160301');
    // Two groups that a reader might take for offsets.
    expect(hex(bytesOfText('0000 1603\n0001 0203'))).toBe('0000160300010203');
    expect(hex(bytesOfText('16030100 0102'))).toBe('160301000102');
  });
});

/** What `openssl s_client -msg` of OpenSSL 3.0.22 printed for a server that refused it. */
const S_CLIENT = `CONNECTED(00000003)
>>> TLS 1.0, RecordHeader [length 0005]
    16 03 01 01 3d
>>> TLS 1.3, Handshake [length 013d], ClientHello
    01 00 01 39 03 03 85 d7 0e b3 58 dd 10 68 7e 92
    e0 fe a2 ab 7b f4 a6 b5 11 cb d0 7c b4 12 89 b4
    72 84 f5 10 9f be 20 2c 3f 49 e6 5e 87 a1 31 f7
    2e 34 00 80 d6 e3 d2 88 e6 0f 2b f1 7d 22 6d c8
    63 9b b7 e3 26 50 86 00 3e 13 02 13 03 13 01 c0
    2c c0 30 00 9f cc a9 cc a8 cc aa c0 2b c0 2f 00
    9e c0 24 c0 28 00 6b c0 23 c0 27 00 67 c0 0a c0
    14 00 39 c0 09 c0 13 00 33 00 9d 00 9c 00 3d 00
    3c 00 35 00 2f 00 ff 01 00 00 b2 00 00 00 15 00
    13 00 00 10 6d 61 69 6c 2e 65 78 61 6d 70 6c 65
    2e 6f 72 67 00 0b 00 04 03 00 01 02 00 0a 00 16
    00 14 00 1d 00 17 00 1e 00 19 00 18 01 00 01 01
    01 02 01 03 01 04 00 23 00 00 00 16 00 00 00 17
    00 00 00 0d 00 2a 00 28 04 03 05 03 06 03 08 07
    08 08 08 09 08 0a 08 0b 08 04 08 05 08 06 04 01
    05 01 06 01 03 03 03 01 03 02 04 02 05 02 06 02
    00 2b 00 09 08 03 04 03 03 03 02 03 01 00 2d 00
    02 01 01 00 33 00 26 00 24 00 1d 00 20 04 a8 2a
    14 ac 00 4c 52 83 bc d0 50 20 05 48 0e 77 be 1f
    8d 7f 90 6a d7 2e f3 07 26 a9 49 b2 78
<<< TLS 1.2, RecordHeader [length 0005]
    15 03 03 00 02
<<< TLS 1.3, Alert [length 0002], fatal handshake_failure
    02 28
4087AE8C257F0000:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure
---
no peer certificate available
`;

describe('openssl s_client -msg', () => {
  it('what the client sent is taken', () => {
    const { hellos, bytesLeft } = findHellos(bytesOfText(S_CLIENT));
    expect(bytesLeft).toBe(0);
    expect(hellos).toHaveLength(1);
    const { hello, recordVersion } = hellos[0]!;
    expect([recordVersion, hello.raw.length, hello.serverName]).toEqual([0x0301, 0x13d, 'mail.example.org']);
  });

  it('without the records, as older versions print', () => {
    const text = S_CLIENT.replace(/>>>.*RecordHeader.*\n.*\n/, '');
    expect(findHellos(bytesOfText(text)).hellos[0]!.recordVersion).toBeNull();
  });
});
