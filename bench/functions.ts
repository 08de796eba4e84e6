/**
 * What the steps cost one by one, on the hellos of samples/:
 *
 *     npm run bench [-- FILTER]        FILTER: a regular expression over the names
 *
 * Figures of the whole program are bench/captures.ts's. Each benchmark returns what it made, so that nothing is optimised away.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bench, run, summary } from 'mitata';
import { Reader } from '../src/bytes/reader.js';
import { CaptureReader, defaultCaptureLimits, PacketDecoder, Reassembler } from '../src/capture/index.js';
import { ConnectionTable } from '../src/capture/tcp/connections.js';
import { fingerprint, ja3, ja3n, ja4, sslJa3 } from '../src/fingerprint/index.js';
import { type KnownLabel, LabelIndex } from '../src/recognize/index.js';
import { HelloStream, parseClientHello } from '../src/tls/index.js';
import { type Handshake, loadHandshakes } from './lib/handshakes.js';
import { WORKLOADS, writeWorkload } from './lib/workloads.js';

const RECORD_HEADER = 5;
const handshakes = loadHandshakes(fileURLToPath(new URL('../samples', import.meta.url)));
// GnuTLS as in mutt, OpenSSL as in curl with its padding, and the first again with a post-quantum share
const records = {
  'mutt, 389 bytes': helloRecord('f35ce21b44ac0b87d3266294bb1b0e20', false),
  'curl, 512 bytes': helloRecord('8f2dfd01a68a182e6d58f285ff59c02b', false),
  'mutt with a post-quantum share': helloRecord('f35ce21b44ac0b87d3266294bb1b0e20', true),
};

const noise = new Uint8Array(512).fill(0x5a);
bench('reader: 256 u16', () => {
  const reader = new Reader(noise);
  let sum = 0;
  while (reader.remaining > 0) sum += reader.u16('noise');
  return sum;
});

for (const [name, record] of Object.entries(records)) {
  const message = record.subarray(RECORD_HEADER);
  summary(() => {
    bench(`HelloStream: ${name}`, () => new HelloStream().push(record));
    bench(`parseClientHello: ${name}`, () => parseClientHello(message));
    bench(`parse and all fingerprints: ${name}`, () => {
      const all = fingerprint(parseClientHello(message));
      return [all.ja3.hash, all.ja3n.hash, all.sslJa3.hash, all.ja4?.hash];
    });
  });
}

const hello = parseClientHello(records['curl, 512 bytes'].subarray(RECORD_HEADER));
summary(() => {
  bench('ja3', () => ja3(hello).hash);
  bench('ja3n', () => ja3n(hello).hash);
  bench('ssl_ja3', () => sslJa3(hello).hash);
  bench('ja4', () => ja4(hello)?.hash);
});

summary(() => {
  bench('all four, one by one', () => [ja3(hello).hash, ja3n(hello).hash, sslJa3(hello).hash, ja4(hello)?.hash]);
  bench('all four, of a known shape', () => {
    const all = fingerprint(hello);
    return [all.ja3.hash, all.ja3n.hash, all.sslJa3.hash, all.ja4?.hash];
  });
});

const index = new LabelIndex(labels(1000));
const known = fingerprint(hello);
bench('lookup among 1,000 labels: known', () => index.find(known, (openssl) => sslJa3(hello, openssl)));

const ends = Array.from({ length: 10_000 }, (_, i) =>
  Int32Array.of(0, 0, 0, 0x0a000000 + i, 0, 0, 0, 0x0a0b0000 + (i & 255)),
);
const table = new ConnectionTable(100_000, () => {});
const map = new Map<string, number>();
const nameOf = (words: Int32Array, from: number, to: number) => `${words[3]}:${from}-${words[7]}:${to}`;
for (const [i, words] of ends.entries()) {
  table.find(4, words, 40_000, 993, 0);
  table.insert(4, 0);
  map.set(nameOf(words, 40_000, 993), i);
}
summary(() => {
  bench('connections: 10,000 found in the table', () => {
    let sum = 0;
    for (const words of ends) sum += table.find(4, words, 40_000, 993, 0);
    return sum;
  });
  bench('connections: 10,000 found in a Map of strings', () => {
    let sum = 0;
    for (const words of ends) sum += map.get(nameOf(words, 40_000, 993))!;
    return sum;
  });
});

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-functions-'));
for (const kind of WORKLOADS) {
  const path = join(folder, `${kind}.pcap`);
  const { packets } = writeWorkload(kind, path, 4_000_000, handshakes);
  const bytes = readFileSync(path);
  summary(() => {
    bench(`packet walk: ${packets} packets, ${kind}`, () => walk(bytes, false));
    bench(`packet walk and reassembly: ${packets} packets, ${kind}`, () => walk(bytes, true));
  });
}
rmSync(folder, { recursive: true });

const filter = process.argv[2];
await run(filter ? { filter: new RegExp(filter) } : {});

/** Down to each TCP segment, and on request to each connection's bytes in order. Returns how many there were. */
function walk(bytes: Uint8Array, reassemble: boolean): number {
  let segments = 0;
  const reader = new CaptureReader({
    packet: (window, start, end, linkType) => void decoder.decode(window, start, end, linkType),
    passesOver: true,
    passedOver: () => {},
  });
  const both = 3;
  const reassembler = new Reassembler({ bytes: () => both, closed: () => {} }, reader, defaultCaptureLimits);
  const count = { segment: () => void segments++ };
  const order: typeof count | Reassembler = reassemble ? reassembler : count;
  const decoder = new PacketDecoder(order, reader, defaultCaptureLimits);
  for (let at = 0; at < bytes.length; ) {
    const space = reader.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    reader.wrote(part.length);
    at += part.length;
  }
  return reassemble ? reassembler.connections : segments;
}

/** The record of a recorded hello, put together again where it was split. */
function helloRecord(ja3Hash: string, split: boolean): Buffer {
  const handshake = handshakes.find((one) => one.ja3Hash === ja3Hash && one.split === split) as Handshake;
  const at = handshake.steps.findIndex(({ fromClient, payload }) => fromClient && payload[0] === 22);
  const segments = handshake.steps.slice(at, at + (split ? 2 : 1));
  return Buffer.concat(segments.map((step) => step.payload));
}

/** Labels as an import would bring them, the last of which is the hello's that is looked up. */
function labels(count: number): KnownLabel[] {
  return Array.from({ length: count }, (_, i) => ({
    client: `client ${i}`,
    version: '1',
    tlsLibrary: 'unknown',
    source: 'bench',
    view: 'ja3' as const,
    hash: i === count - 1 ? ja3(hello).hash : i.toString(16).padStart(32, '0'),
    string: null,
    weight: 1,
  }));
}
