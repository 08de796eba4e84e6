import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketDecoder } from '../../../src/capture/decode.js';
import { isDull } from '../../../src/capture/hot-loop.js';
import { defaultCaptureLimits } from '../../../src/capture/index.js';
import type { Packet } from '../../../src/capture/packet.js';
import { ACK, datagram, FIN, frame, ipv4, join, PSH, RST, SYN, segment, udp } from '../../build/packets.js';

const ethernetType = 1;
const pppType = 9;

/** The same packet behind PPP's header, which says IPv4 as firmly as Ethernet's does, and goes the general way. */
const ppp = (packet: Uint8Array) => join([0xff, 3, 0, 0x21], packet);

/** The segments of one packet that say anything: with a payload, or that open or close a connection. */
function segments(bytes: Uint8Array, linkType: number): string[] {
  const seen: string[] = [];
  const sink = {
    segment(from: Uint8Array, packet: Packet): void {
      const payload = from.subarray(packet.at, packet.end);
      if (payload.length === 0 && (packet.flags & (SYN | FIN | RST)) === 0) return;
      const { family, address, sourcePort, destinationPort, sequence, flags } = packet;
      const ends = family === 4 ? [address[3], address[7]] : [...address];
      seen.push(JSON.stringify([family, ends, sourcePort, destinationPort, sequence, flags, [...payload]]));
    },
  };
  const clock = { frame: 1, seconds: 1, timestamp: () => ({ seconds: 1, nanoseconds: 0, digits: 0 }) };
  new PacketDecoder(sink, clock, defaultCaptureLimits).decode(bytes, 0, bytes.length, linkType);
  return seen;
}

const dull = (bytes: Uint8Array) => isDull(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length);

const path = { src: '192.0.2.7', sport: 40_000, dst: '198.51.100.25', dport: 993 };
const inner = segment(path, { seq: 7, payload: [1, 2, 3] });
const toVxlan = { ...path, sport: 50_000, dport: 4789 };

const packets: readonly Uint8Array[] = [
  segment(path, { seq: 1, flags: ACK }),
  segment(path, { seq: 1, flags: ACK, options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2] }),
  segment(path, { seq: 1, flags: SYN }),
  segment(path, { seq: 0xffff_ffff, flags: PSH | ACK, payload: [22, 3, 1, 0, 1] }),
  segment(path, { seq: 1, flags: FIN | ACK, payload: [1] }),
  segment(path, { seq: 1, flags: RST }),
  datagram(path, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
  datagram(toVxlan, join([8, 0, 0, 0, 0, 0, 1, 0], frame(inner))),
  ipv4({ src: path.src, dst: path.dst, protocol: 4, payload: inner }),
  ipv4({
    src: path.src,
    dst: path.dst,
    protocol: 17,
    payload: udp(path, [1, 2, 3, 4, 5, 6, 7, 8]),
    moreFragments: true,
  }),
  ipv4({ src: path.src, dst: path.dst, protocol: 6, payload: inner.subarray(20), options: [1, 1, 1, 0] }),
];

describe('the hot loop', () => {
  it('says of each what taking it apart says', () => {
    for (const packet of packets) {
      expect(segments(frame(packet), ethernetType)).toEqual(segments(ppp(packet), pppType));
    }
    expect(packets.flatMap((packet) => segments(frame(packet), ethernetType))).toHaveLength(7);
  });

  it('passes over bare acknowledgements and datagrams without a tunnel, and nothing else', () => {
    expect(packets.map((packet) => dull(frame(packet)))).toEqual(packets.map((_, i) => [0, 1, 6].includes(i)));
  });

  it('also when any header byte is another, bytes are missing, or padding follows', () => {
    const change = fc.record({
      at: fc.integer({ min: 0, max: 59 }),
      value: fc.oneof(fc.nat(255), fc.constantFrom(0, 6, 17, 0x45, 0x40, 0x50, 0x80)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...packets),
        fc.array(change, { maxLength: 3 }),
        fc.integer({ min: -30, max: 20 }),
        (original, changes, grown) => {
          const packet = join(
            original.subarray(0, original.length + Math.min(grown, 0)),
            new Uint8Array(Math.max(grown, 0)),
          );
          for (const { at, value } of changes) if (at < packet.length) packet[at] = value;
          const whole = join(new Uint8Array(12), [8, 0], packet);
          const expected = segments(ppp(packet), pppType);
          expect(segments(whole, ethernetType)).toEqual(expected);
          if (dull(whole)) expect(expected).toEqual([]);
        },
      ),
      { numRuns: process.env.CI === 'true' ? 50_000 : 5_000 },
    );
  });
});
