import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../src/errors.js';
import type { HelloShape } from '../../../src/model/index.js';
import { readLayout } from '../../../src/tls/client-hello.js';
import { ShapeTable } from '../../../src/tls/shape.js';
import {
  alpnExtension,
  ascii,
  type Bytes,
  clientHello,
  extension,
  groupsExtension,
  pointFormatsExtension,
  prefixed8,
  prefixed16,
  serverNameExtension,
  signaturesExtension,
  u16,
  versionsExtension,
} from '../../build/hello.js';
import { helloSet, helloSetIsThere } from '../../harness/hello-set.js';

const RUNS = Number(process.env.JA3_SENSOR_FUZZ_RUNS ?? (process.env.CI ? 100_000 : 10_000));

/** What a table is asked and told by the parser. */
function learn(table: ShapeTable, message: Uint8Array): HelloShape {
  const known = table.find(message);
  if (known !== null) return known;
  const { shape } = readLayout(message);
  table.add(shape);
  return shape;
}

const login = (name: string, share: number, more: Bytes[] = []) =>
  clientHello({
    sessionId: new Uint8Array(32).fill(share),
    ciphers: [0x1301, 0xc02b, 0x00ff],
    extensions: [
      serverNameExtension(name),
      groupsExtension(29, 23),
      pointFormatsExtension(0, 1),
      signaturesExtension(0x0403, 0x0804),
      alpnExtension(ascii('imap')),
      versionsExtension(0x0304, 0x0303),
      extension(51, prefixed16(u16(29), prefixed16(new Uint8Array(32).fill(share)))),
      ...more,
    ],
  });

describe('a remembered shape', () => {
  it('is shared by hellos that differ in name, session and key share only', () => {
    const table = new ShapeTable();
    const first = learn(table, login('imap.example.org', 1));
    expect(table.find(login('mail.example.net', 2))).toBe(first);
  });

  it.each<[string, Uint8Array]>([
    ['another cipher', clientHello({ ciphers: [0x1301, 0xc02c, 0x00ff], extensions: [groupsExtension(29)] })],
    ['another order of groups', clientHello({ ciphers: [0x1301, 0xc02b, 0x00ff], extensions: [groupsExtension(23)] })],
    ['another extension', clientHello({ ciphers: [0x1301, 0xc02b, 0x00ff], extensions: [extension(23)] })],
    ['one extension more', login('imap.example.org', 1, [extension(23)])],
    ['another version', clientHello({ version: 0x0301, ciphers: [0x1301, 0xc02b, 0x00ff], extensions: [] })],
    ['no extensions', clientHello({ ciphers: [0x1301, 0xc02b, 0x00ff], extensions: [] })],
    ['no block of extensions', clientHello({ ciphers: [0x1301, 0xc02b, 0x00ff], extensions: null })],
  ])('is not that of a hello with %s', (_, other) => {
    const table = new ShapeTable();
    const first = learn(table, login('imap.example.org', 1));
    const second = learn(table, other);
    expect(second).not.toEqual(first);
    expect(learn(table, other)).toEqual(second);
  });

  it('cannot be changed by whom it is handed to', () => {
    const { cipherSuites } = learn(new ShapeTable(), login('imap.example.org', 1));
    expect(() => (cipherSuites as number[]).reverse()).toThrow(TypeError);
  });

  it('is not that of a hello whose outline goes on with zeros: server_name is type 0', () => {
    for (const groups of [[29], [29, 23]]) {
      const table = new ShapeTable();
      const without = clientHello({ extensions: [groupsExtension(...groups)] });
      const empty = clientHello({ extensions: [groupsExtension(...groups), extension(0)] });
      learn(table, without);
      expect(learn(table, empty).extensionTypes).toEqual([10, 0]);
      expect(learn(table, without).extensionTypes).toEqual([10]);
    }
  });

  it.each<[string, Uint8Array]>([
    ['a cipher', clientHello({ ciphers: [0x0a0a, 0x1301], extensions: [] })],
    ['a group', clientHello({ extensions: [groupsExtension(0x1a1a, 29)] })],
    ['an extension', clientHello({ extensions: [extension(0xfafa)] })],
  ])('is not kept where %s is GREASE: its client draws another next time', (_, message) => {
    const table = new ShapeTable();
    learn(table, message);
    expect(table.find(message)).toBeNull();
  });

  it('is not kept where it is long', () => {
    const table = new ShapeTable();
    const message = clientHello({ ciphers: Array.from({ length: 600 }, (_, i) => i), extensions: [] });
    learn(table, message);
    expect(table.find(message)).toBeNull();
  });

  it('is never given for a broken hello, cut anywhere', () => {
    const table = new ShapeTable();
    const message = login('imap.example.org', 1);
    learn(table, message);
    for (let end = 0; end < message.length; end++)
      expect(table.find(message.subarray(0, end)), `cut at ${end}`).toBeNull();
  });

  it('makes room: of many, each was right when it was there', () => {
    const table = new ShapeTable();
    for (let round = 0; round < 2; round++) {
      for (let cipher = 0; cipher < 5_000; cipher++) {
        const message = clientHello({ ciphers: [cipher, 0xc02b], extensions: [groupsExtension(29)] });
        expect(learn(table, message).cipherSuites[0]).toBe(cipher);
      }
    }
  });
});

const SEEDS = [
  login('imap.example.org', 1),
  login('a', 2, [extension(21, new Uint8Array(64)), extension(27, prefixed8(u16(2)))]),
  clientHello({ extensions: null }),
  ...(helloSetIsThere
    ? helloSet()
        .filter((row, i) => i % 15 === 7 && row.ja3 !== null && row.parse_error === null)
        .map((row) => row.raw)
    : []),
];

describe('against the long way', () => {
  it(`says the same or nothing, of ${RUNS.toLocaleString('en')} mutated hellos`, () => {
    const table = new ShapeTable();
    for (const seed of SEEDS) learn(table, seed);
    const places = fc.array(fc.tuple(fc.nat(999_999), fc.oneof(fc.constantFrom(0, 1, 2, 255), fc.nat(255))), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), places, (seed, changes) => {
        const message = Uint8Array.from(seed);
        for (const [place, value] of changes) message[Math.floor((place / 1_000_000) * message.length)] = value;
        let expected: HelloShape | null = null;
        try {
          expected = readLayout(message).shape;
        } catch (error) {
          if (!(error instanceof SensorError)) throw error;
        }
        const known = table.find(message);
        if (known !== null) expect(known).toEqual(expected);
        else if (expected !== null) table.add(expected);
        const again = table.find(message);
        if (again !== null) expect(again).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });
});
