import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Observation } from '../../src/model/index.js';
import {
  bigEndian,
  block,
  enhancedPacket,
  interfaceBlock,
  littleEndian,
  pcap,
  pcapng,
  sectionHeader,
} from '../build/capture-files.js';
import { Connection, cut } from '../build/connection.js';
import { clientHello, record, records, serverHello, serverNameExtension } from '../build/hello.js';
import { join } from '../build/packets.js';
import { observe } from '../harness/observe.js';
import { ipForms, links, tunnels } from '../unit/capture/encapsulations.js';

/**
 * Damaged captures. Whatever the bytes: nothing but a SensorError is thrown (`observe` lets no other pass), the run ends, and no hello is printed that is
 * not made of bytes of the file.
 */

const runs = process.env.CI === 'true' ? 20_000 : 2_000;

const hello = clientHello({ ciphers: [0x1301, 0xc02f], extensions: [serverNameExtension('mail.example.org')] });

function conversation(port: number): Uint8Array[] {
  const c = new Connection({ sport: port });
  const [first, second] = cut(records(hello, [50]), 40);
  return [...c.open(), c.clientAt(40, second!), c.clientAt(0, first!), c.server(record(serverHello()))];
}

/** Small captures with a bit of everything in them. */
const built: Uint8Array[] = [
  pcap(
    [...links, ...tunnels]
      .filter((way) => way.linkType === 1)
      .slice(0, 12)
      .flatMap((way, i) =>
        conversation(1_000 + i)
          .flatMap((packet) => way.wrap(packet))
          .map((bytes) => ({ bytes })),
      ),
  ),
  pcap(
    ipForms
      .filter((way) => way.family === 4)
      .flatMap((way, i) => conversation(2_000 + i).flatMap((packet) => way.wrap(packet)))
      .map((bytes) => ({ bytes })),
    { order: bigEndian, variant: 'nanoseconds' },
  ),
  join(
    sectionHeader(littleEndian),
    ...links.map(({ linkType }) => interfaceBlock(littleEndian, { linkType, resolution: 9 })),
    block(littleEndian, 5, new Uint8Array(40)),
    ...links.flatMap((way, i) =>
      conversation(3_000 + i)
        .filter(() => way.linkType !== 229)
        .flatMap((packet) => way.wrap(packet))
        .map((bytes) => enhancedPacket(littleEndian, { bytes, interface: i })),
    ),
  ),
  pcapng(
    tunnels
      .flatMap((way, i) => conversation(4_000 + i).flatMap((packet) => way.wrap(packet)))
      .map((bytes) => ({ bytes })),
    {},
    bigEndian,
  ),
];

const set = new URL('../../../shared/captures/', import.meta.url);
const setIsThere = existsSync(set);
const small = setIsThere
  ? ['tls/', 'robust/']
      .flatMap((folder) =>
        readdirSync(new URL(folder, set)).map((name) => new Uint8Array(readFileSync(new URL(folder + name, set)))),
      )
      .filter((file) => file.length < 20_000)
  : [];

type Mutation =
  | { readonly kind: 'byte'; readonly at: number; readonly value: number }
  | { readonly kind: 'word'; readonly at: number; readonly value: number }
  | { readonly kind: 'remove' | 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'cut'; readonly at: number };

/** Places in parts of a million, so that they fit a file of any length. */
const place = fc.nat(999_999);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('byte' as const), at: place, value: fc.nat(255) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('word' as const),
      at: place,
      value: fc.constantFrom(0, 1, 4, 12, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'repeat' as const),
      at: place,
      length: fc.integer({ min: 1, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place }) },
);

function mutated(file: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let bytes: Uint8Array = file.slice();
  for (const each of mutations) {
    const at = Math.floor((each.at / 1_000_000) * bytes.length);
    switch (each.kind) {
      case 'byte':
        bytes[at] = each.value;
        break;
      case 'word':
        if (at + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(at & ~3, each.value, (each.at & 1) === 0);
        break;
      case 'remove':
        bytes = join(bytes.subarray(0, at), bytes.subarray(at + each.length));
        break;
      case 'repeat':
        bytes = join(bytes.subarray(0, at + each.length), bytes.subarray(at));
        break;
      case 'cut':
        bytes = bytes.slice(0, at);
        break;
    }
  }
  return bytes;
}

/** The fewest runs of the file's bytes that make up `raw`; infinite where a byte is not in the file at all. */
function runsOf(file: Uint8Array, raw: Uint8Array): number {
  const haystack = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const wanted = Buffer.from(raw);
  let count = 0;
  for (let at = 0; at < raw.length; count++) {
    let length = 0;
    while (at + length < raw.length && haystack.includes(wanted.subarray(at, at + length + 1))) length++;
    if (length === 0) return Number.POSITIVE_INFINITY;
    at += length;
  }
  return count;
}

const rawOf = ({ hello: { raw } }: Observation) => Buffer.from(raw).toString('hex');

async function survives(original: Uint8Array, file: Uint8Array, server: boolean): Promise<void> {
  const known = new Set((await observe(original)).observations.map(rawOf));
  const limits = {
    connections: 8,
    heldPerDirection: 2_000,
    heldInAll: 4_000,
    fragmentedDatagrams: 2,
    fragmentBytes: 3_000,
  };
  const tight = await observe(file, { server, limits });
  const { observations, stats, error } = await observe(file, { server });
  expect(stats.hellos).toBe(observations.length);
  expect(tight.stats.hellos).toBe(tight.observations.length);
  expect(tight.error?.code).toBe(error?.code);
  if (error !== null) {
    expect(error.code).toMatch(/^(capture_(empty|cut|corrupt|unsupported)|not_a_capture)$/);
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(file.length);
  }
  for (const seen of [...observations, ...tight.observations]) {
    expect(seen.frame).toBeGreaterThan(0);
    expect(seen.frame).toBeLessThanOrEqual(stats.packets);
    expect(seen.fingerprint.ja3.hash).toMatch(/^[0-9a-f]{32}$/);
    if (known.has(rawOf(seen))) continue;
    // A packet brings a run or, between others, two; a record header parts runs too.
    expect(runsOf(file, seen.hello.raw)).toBeLessThanOrEqual(2 * stats.packets + 8);
  }
}

const files = [...built, ...small];

it('built captures, all of whose hellos are found unless they are damaged', async () => {
  for (const file of built) {
    const { observations, error } = await observe(file);
    expect(error).toBeNull();
    expect(observations.length).toBeGreaterThan(0);
    expect(new Set(observations.map(rawOf))).toEqual(new Set([Buffer.from(hello).toString('hex')]));
  }
});

it(`damage in built ones${setIsThere ? ' and those of ../shared/captures' : ' (those of ../shared/captures are absent)'}`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(files.length - 1),
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (which, mutations, server) => {
        await survives(files[which]!, mutated(files[which]!, mutations), server);
      },
    ),
    { numRuns: runs },
  );
});

it('noise behind every magic number', async () => {
  const starts = [
    ...([littleEndian, bigEndian] as const).flatMap((order) => [
      ...(['microseconds', 'nanoseconds', 'modified'] as const).map((variant) => pcap([], { order, variant })),
      join(sectionHeader(order), interfaceBlock(order)),
    ]),
    new Uint8Array(0),
    Uint8Array.of(0x1f, 0x8b, 8),
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), async (start, noise) => {
      const { observations } = await observe(join(start, noise));
      expect(observations).toEqual([]);
    }),
    { numRuns: runs },
  );
});
