import { describe, expect, it } from 'vitest';
import { defaultCaptureLimits, type PacketClock, PacketDecoder } from '../../../src/capture/index.js';
import { pcap } from '../../build/capture-files.js';
import { Connection, cut } from '../../build/connection.js';
import { clientHello, record, serverNameExtension } from '../../build/hello.js';
import { line, observe } from '../../harness/observe.js';
import { type Encapsulation, ipForms, links, tunnels } from './encapsulations.js';

const hello = record(clientHello({ ciphers: [0x1301, 0xc02f], extensions: [serverNameExtension('mail.example.org')] }));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const families = {
  4: { src: '192.0.2.7', dst: '198.51.100.1' },
  6: { src: '2001:db8::7', dst: '2001:db8:1::1' },
} as const;

function packets(family: 4 | 6): Uint8Array[] {
  const connection = new Connection(families[family]);
  const [first, second] = cut(hello, 40);
  return [...connection.open(), connection.client(first!), connection.client(second!)];
}

function cases(): [string, Encapsulation, 4 | 6][] {
  return [
    ...[...links, ...tunnels].flatMap((way) =>
      ([4, 6] as const)
        .filter((family) => way.linkType !== (family === 4 ? 229 : 228))
        .map((family): [string, Encapsulation, 4 | 6] => [`${way.name}, IPv${family} inside`, way, family]),
    ),
    ...ipForms.map((way): [string, Encapsulation, 4 | 6] => [way.name, way, way.family]),
  ];
}

describe('a hello is found, with the innermost endpoints, in', () => {
  it.each(cases())('%s', async (_, way, family) => {
    const frames = packets(family).flatMap((packet) => way.wrap(packet));
    const file = pcap(
      frames.map((bytes, i) => ({ bytes, seconds: 1_700_000_000 + i, fraction: 7 })),
      { linkType: way.linkType },
    );
    const { observations, stats, error } = await observe(file);
    expect(error).toBeNull();
    expect(
      observations.map((seen) => [seen.src, seen.dst, seen.frame, seen.timestamp.seconds, hex(seen.hello.raw)]),
    ).toEqual([
      [
        { ip: families[family].src, port: 40_001 },
        { ip: families[family].dst, port: 993 },
        frames.length,
        1_700_000_000 + frames.length - 1,
        hex(hello.subarray(5)),
      ],
    ]);
    expect(stats).toMatchObject({ packets: frames.length, connections: 1, tls_connections: 1, hellos: 1 });
    expect(stats.link_types_not_understood).toEqual({});
  });
});

const clock: PacketClock = {
  frame: 1,
  seconds: 0,
  timestamp: () => ({ seconds: 0, nanoseconds: 0, digits: 0 }),
};

/** Addresses, ports, flags and payload of the segments found in bytes[start, end). */
function segmentsIn(bytes: Uint8Array, start: number, end: number, linkType: number): unknown[] {
  const found: unknown[] = [];
  const sink = {
    segment: (from: Uint8Array, packet: { at: number; end: number; address: Int32Array; sourcePort: number }) => {
      if (from === bytes) expect(packet.end).toBeLessThanOrEqual(end);
      expect(packet.at).toBeLessThanOrEqual(packet.end);
      found.push([
        [...packet.address],
        packet.sourcePort,
        Buffer.from(from.subarray(packet.at, packet.end)).toString('hex'),
      ]);
    },
  };
  new PacketDecoder(sink, clock, defaultCaptureLimits).decode(bytes, start, end, linkType);
  return found;
}

describe('a packet cut anywhere is never read beyond its end, in', () => {
  it.each(cases())('%s', (_, way, family) => {
    const [whole] = way.wrap(packets(family)[3]!);
    const start = 5;
    const real = new Uint8Array(start + whole!.length + 64);
    real.set(whole!, start);
    for (let length = 0; length < whole!.length; length++) {
      // Behind the cut: once what was really there, once something else. Nobody may notice.
      const other = real.slice();
      other.fill(0x45, start + length);
      const found = segmentsIn(real, start, start + length, way.linkType);
      expect(segmentsIn(other, start, start + length, way.linkType), `cut at ${length}`).toEqual(found);
    }
  });
});

it('packets of a link type that is not understood are counted by its number', async () => {
  const frames = packets(4);
  const { observations, stats } = await observe(
    pcap(
      frames.map((bytes) => ({ bytes })),
      { linkType: 147 },
    ),
  );
  expect(observations).toEqual([]);
  expect(stats.link_types_not_understood).toEqual({ 147: frames.length });
});

it('the upper bits of the link type (length of a frame check sequence) do not count', async () => {
  const frames = packets(4).map((packet) => links[0]!.wrap(packet)[0]!);
  const plain = await observe(pcap(frames.map((bytes) => ({ bytes }))));
  const marked = await observe(
    pcap(
      frames.map((bytes) => ({ bytes })),
      { linkType: 0x2400_0001 },
    ),
  );
  expect(marked.observations.map(line)).toEqual(plain.observations.map(line));
  expect(plain.observations).toHaveLength(1);
});

it('more headers than any real packet has end the search, and nothing else', async () => {
  let inner = packets(4)[3]!;
  const frames: Uint8Array[] = [];
  for (let depth = 0; depth < 40; depth++) {
    frames.push(inner);
    inner = tunnels[0]!.wrap(inner)[0]!.subarray(14);
  }
  // Each IP header is one layer, TCP another: 24 layers are 23 IP headers deep.
  const found = frames.map((bytes) => segmentsIn(bytes, 0, bytes.length, 101).length);
  expect(found.lastIndexOf(1)).toBeGreaterThan(10);
  expect(found.slice(0, found.lastIndexOf(1) + 1).every((count) => count === 1)).toBe(true);
  expect(found.at(-1)).toBe(0);
});
