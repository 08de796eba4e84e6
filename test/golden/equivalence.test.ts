import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CaptureReader } from '../../src/capture/index.js';
import type { Timestamp } from '../../src/model/index.js';
import {
  bigEndian,
  enhancedPacket,
  interfaceBlock,
  littleEndian,
  type PcapPacket,
  pcap,
  sectionHeader,
} from '../build/capture-files.js';
import { join as joined } from '../build/packets.js';
import { line, observe, smallChunks } from '../harness/observe.js';

/** The same packets, however they are stored and read, give the same observations. */

const set = fileURLToPath(new URL('../../../shared/captures/tls', import.meta.url));
const samples = fileURLToPath(new URL('../../samples', import.meta.url));

const captures = [
  ...(existsSync(set) ? readdirSync(set).map((name) => join(set, name)) : []),
  ...readdirSync(samples, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => join(samples, name)),
];

/** Chunks of 1 to 7 bytes take their time in a long file: behind its first part they grow, but where CI=true. */
const inSmallChunks = process.env.CI === 'true' ? Number.POSITIVE_INFINITY : 32_768;
function* chunksOf1To7(bytes: Uint8Array): Generator<Uint8Array> {
  yield* smallChunks(bytes.subarray(0, inSmallChunks));
  for (let at = inSmallChunks, size = 509; at < bytes.length; size = (size * 3) % 5_003) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

interface Packet {
  readonly bytes: Uint8Array;
  readonly time: Timestamp;
  readonly linkType: number;
  readonly originalLength: number;
}

function packetsOf(file: Uint8Array): Packet[] {
  const packets: Packet[] = [];
  const reader = new CaptureReader({
    passesOver: false,
    passedOver: () => {},
    packet(bytes, start, end, linkType, originalLength) {
      packets.push({ bytes: bytes.slice(start, end), time: reader.timestamp(), linkType, originalLength });
    },
  });
  try {
    for (let rest = file; rest.length > 0; ) {
      const space = reader.space();
      const count = Math.min(space.length, rest.length);
      space.set(rest.subarray(0, count));
      reader.wrote(count);
      rest = rest.subarray(count);
    }
  } catch {
    // A damaged file: the packets before the damage are what is compared.
  }
  return packets;
}

/** null where pcap cannot hold it: more than one link type, times before 1970 or past 2106. */
function asPcap(packets: readonly Packet[], order = littleEndian): Uint8Array | null {
  if (new Set(packets.map((packet) => packet.linkType)).size !== 1) return null;
  const converted: PcapPacket[] = [];
  for (const { bytes, time, originalLength } of packets) {
    if (time.seconds < 0 || time.seconds > 0xffff_ffff) return null;
    converted.push({ bytes, seconds: time.seconds, fraction: time.nanoseconds, originalLength });
  }
  return pcap(converted, { order, variant: 'nanoseconds', linkType: packets[0]!.linkType });
}

function asPcapng(packets: readonly Packet[], order = bigEndian): Uint8Array {
  const linkTypes = [...new Set(packets.map((packet) => packet.linkType))];
  const first = BigInt(Math.min(0, ...packets.map((packet) => packet.time.seconds)));
  return joined(
    sectionHeader(order),
    ...linkTypes.map((linkType) => interfaceBlock(order, { linkType, resolution: 9, offset: first })),
    ...packets.map(({ bytes, time, linkType, originalLength }) =>
      enhancedPacket(order, {
        bytes,
        interface: linkTypes.indexOf(linkType),
        ticks: (BigInt(time.seconds) - first) * 1_000_000_000n + BigInt(time.nanoseconds),
        originalLength,
      }),
    ),
  );
}

const seenIn = async (source: Parameters<typeof observe>[0]) => (await observe(source)).observations.map(line);

describe(`captures stored and read in other ways (${existsSync(set) ? 'samples and ../shared/captures' : 'samples alone: ../shared/captures is absent'})`, () => {
  it.each(captures.map((path) => ({ path, name: basename(path) })))('$name', async ({ path }) => {
    const stored = new Uint8Array(readFileSync(path));
    const file = stored[0] === 0x1f && stored[1] === 0x8b ? new Uint8Array(gunzipSync(stored)) : stored;
    const wanted = await seenIn(path);
    expect(await seenIn(stored), 'from memory').toEqual(wanted);
    expect(await seenIn(chunksOf1To7(file)), 'in chunks of 1 to 7 bytes').toEqual(wanted);
    const packed = gzipSync(file, { level: 1 });
    expect(await seenIn(packed), 'gzipped').toEqual(wanted);
    expect(await seenIn(chunksOf1To7(packed)), 'gzipped, in chunks of 1 to 7 bytes').toEqual(wanted);
    // Two members, one behind the other (RFC 1952 section 2.2).
    const half = file.length >> 1;
    const members = joined(gzipSync(file.subarray(0, half), { level: 1 }), gzipSync(file.subarray(half), { level: 1 }));
    expect(await seenIn(members), 'gzipped in two members').toEqual(wanted);

    const packets = packetsOf(file);
    if (packets.length === 0) return;
    const ng = asPcapng(packets);
    expect(await seenIn(ng), 'as pcapng').toEqual(wanted);
    expect(await seenIn(chunksOf1To7(ng)), 'as pcapng, in chunks of 1 to 7 bytes').toEqual(wanted);
    const classic = asPcap(packets);
    if (classic === null) return;
    expect(await seenIn(classic), 'as pcap').toEqual(wanted);
    expect(await seenIn(asPcap(packets, bigEndian)!), 'as big-endian pcap').toEqual(wanted);
  });
});

const editcapIsThere = spawnSync('editcap', ['--version']).status === 0;

it.skipIf(!editcapIsThere)('editcap’s conversions give the same (skipped where editcap is not installed)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
  try {
    for (const path of captures) {
      const wanted = await seenIn(path);
      for (const format of ['pcapng', 'nsecpcap']) {
        const converted = join(folder, 'converted');
        // It refuses what the format cannot hold, and files that are cut off: those were compared above.
        if (spawnSync('editcap', ['-F', format, path, converted]).status !== 0) continue;
        const { observations } = await observe(converted);
        expect(observations.map(line), `${basename(path)} as ${format}`).toEqual(wanted);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
