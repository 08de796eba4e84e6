import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorError } from '../../../src/errors.js';
import { fingerprint, ja3s } from '../../../src/fingerprint/index.js';
import type { ClientHello } from '../../../src/model/index.js';
import {
  HelloStream,
  looksLikeHello,
  looksLikeSslv2Hello,
  parseClientHello,
  parseServerHello,
} from '../../../src/tls/index.js';
import {
  alpnExtension,
  ascii,
  clientHello,
  extension,
  groupsExtension,
  pointFormatsExtension,
  prefixed8,
  prefixed16,
  record,
  records,
  serverHello,
  serverNameExtension,
  signaturesExtension,
  u16,
  versionsExtension,
} from '../../build/hello.js';
import { helloSet, helloSetIsThere } from '../../harness/hello-set.js';

/** 100,000 in CI or as many as JA3_SENSOR_FUZZ_RUNS says; a failure prints the seed and path to repeat it with. */
const RUNS = Number(process.env.JA3_SENSOR_FUZZ_RUNS ?? (process.env.CI ? 100_000 : 10_000));

const BUILT = [
  clientHello({ extensions: null }),
  clientHello({
    ciphers: [0x0a0a, 0x1301, 0xc02b],
    extensions: [
      serverNameExtension('imap.example.org'),
      groupsExtension(0x1a1a, 29, 23),
      pointFormatsExtension(0, 1),
      signaturesExtension(0x0403, 0x0804),
      alpnExtension(ascii('imap'), ascii('h2')),
      versionsExtension(0x0304, 0x0303),
      extension(51, prefixed16(u16(29), prefixed16(new Uint8Array(32)))),
      extension(45, prefixed8([1])),
      extension(27, prefixed8(u16(2))),
      extension(28, u16(16385)),
      extension(65037, [0], u16(1, 1), [7], prefixed16([1, 2]), prefixed16([3, 4, 5])),
    ],
  }),
];
const SEEDS = [
  ...BUILT,
  ...(helloSetIsThere
    ? helloSet()
        .filter((row, i) => i % 15 === 0 && row.ja3 !== null && row.parse_error === null)
        .map((row) => row.raw)
    : []),
];

type Mutation = readonly ['set' | 'insert' | 'remove' | 'cut', number, number];

/** Positions are parts per million of the length, so that they mean something for every seed. */
const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.tuple(
    fc.constantFrom('set', 'set', 'set', 'insert', 'remove', 'cut'),
    fc.nat(999_999),
    fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), fc.nat(255)),
  ),
  { minLength: 1, maxLength: 6 },
);

function mutate(seed: Uint8Array, steps: readonly Mutation[]): Uint8Array {
  const bytes = [...seed];
  for (const [kind, place, value] of steps) {
    const at = Math.floor((place / 1_000_000) * bytes.length);
    if (kind === 'set') bytes[at] = value;
    else if (kind === 'insert') bytes.splice(at, 0, value);
    else if (kind === 'remove') bytes.splice(at, 1 + (value % 5));
    else bytes.length = at;
  }
  return Uint8Array.from(bytes);
}

/** The same bytes between others that must not be seen: in turn zeros and ones, so that a reader that strays sees a difference. */
function embedded(bytes: Uint8Array, guard: number): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 128).fill(guard);
  buffer.set(bytes, 64);
  return buffer.subarray(64, 64 + bytes.length);
}

const FIELDS = [
  'legacyVersion',
  'cipherSuites',
  'compressionMethods',
  'extensionTypes',
  'serverName',
  'supportedGroups',
  'ecPointFormats',
  'signatureAlgorithms',
  'alpn',
  'supportedVersions',
  'keyShareGroups',
  'pskKeyExchangeModes',
  'compressCertificate',
  'recordSizeLimit',
  'ech',
  'padding',
  'sessionTicket',
  'psk',
  'notes',
] as const satisfies readonly (keyof ClientHello)[];

function clientView(bytes: Uint8Array): unknown {
  const hello = parseClientHello(bytes);
  const print = fingerprint(hello);
  return [
    ...FIELDS.map((field) => hello[field]),
    [hello.raw, hello.random, hello.sessionId, ...(hello.extensions ?? []).map(({ data }) => data)].map(String),
    [print.ja3, print.ja3n, print.sslJa3, print.ja4],
  ];
}

function serverView(bytes: Uint8Array): unknown {
  const hello = parseServerHello(bytes);
  return [ja3s(hello), hello.selectedVersion, hello.helloRetryRequest, hello.raw, hello.random, hello.sessionId].map(
    String,
  );
}

function streamView(bytes: Uint8Array): unknown {
  const outcome = new HelloStream().push(bytes);
  if (outcome.state === 'rejected') throw outcome.error;
  return outcome.state === 'done' ? [outcome.consumed, String(outcome.hello.raw)] : outcome.state;
}

/** What a parser says, a SensorError included as a value; anything else thrown passes through and fails the test. */
function said(parse: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    return JSON.stringify(parse(bytes));
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    if (error.offset < 0 || error.offset > bytes.length) throw new Error(`offset ${error.offset} of ${bytes.length}`);
    return `${error.code} ${error.field} ${error.offset}`;
  }
}

function sameAnywhere(parse: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  const tight = said(parse, bytes);
  for (const guard of [0x00, 0xff]) expect(said(parse, embedded(bytes, guard))).toBe(tight);
}

describe(`mutated hellos (${RUNS} runs)`, () => {
  const seeds = fc.constantFrom(...SEEDS);

  it('parseClientHello and its fingerprints: a value or a SensorError, from these bytes alone', () => {
    fc.assert(
      fc.property(seeds, mutations, (seed, steps) => sameAnywhere(clientView, mutate(seed, steps))),
      { numRuns: RUNS },
    );
  });

  it('parseServerHello', () => {
    const servers = fc.constantFrom(
      serverHello({ extensions: null }),
      serverHello({ extensions: [extension(43, u16(0x0304)), extension(51, u16(29), prefixed16([1, 2, 3]))] }),
      serverHello({ version: 0x7f12 }),
    );
    fc.assert(
      fc.property(servers, mutations, (seed, steps) => sameAnywhere(serverView, mutate(seed, steps))),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('HelloStream: the same whole and in two, and the sniffers never contradict it', () => {
    fc.assert(
      fc.property(seeds, mutations, fc.nat(999_999), (seed, steps, place) => {
        const bytes = mutate(records(seed, [Math.floor(seed.length / 2)]), steps);
        sameAnywhere(streamView, bytes);
        const cut = Math.floor((place / 1_000_000) * bytes.length);
        const stream = new HelloStream();
        const first = stream.push(bytes.subarray(0, cut));
        const last = first.state === 'need_more' ? stream.push(bytes.subarray(cut)) : first;
        const whole = new HelloStream().push(bytes);
        expect(last.state).toBe(whole.state);
        if (last.state === 'rejected' && whole.state === 'rejected') {
          expect([last.error.code, last.error.offset]).toEqual([whole.error.code, whole.error.offset]);
        }
        if (whole.state === 'rejected' && whole.error.code === 'not_tls') expect(looksLikeHello(bytes)).toBe('no');
        expect(looksLikeSslv2Hello(bytes) === 'yes').toBe(
          whole.state === 'rejected' && whole.error.code === 'sslv2_hello',
        );
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });

  it('and the seeds themselves are sound, or the mutations would prove little', () => {
    for (const seed of SEEDS) expect(new HelloStream().push(record(seed)).state).toBe('done');
  });
});
