import { maxPacketBytes } from './limits.js';
import type { Packet } from './packet.js';
import { FIN, RST, SYN } from './tcp/segment.js';
import { mayCarryTunnel } from './tunnel/udp.js';

/**
 * The hot loop. Most packets of most captures say nothing about a hello: Ethernet, IPv4 without options or fragments, and in it a TCP segment without payload, or
 * a datagram. The loop steps from record to record of a classic pcap over such, with a handful of loads at fixed places each; the first packet that is anything else
 * goes the general way (decode.ts), which gives the same answers.
 *
 * ```
 *  at                            start = at + 16   (24 in an old variant)
 *  +------+------+-------+-------+-----------+-------+----+----+------+------+-----+------+------+-------------+-----+-----+---
 *  | sec  | frac | incl  | orig  | addresses | 08 00 | 45 | .. | total| flags| pro-| src  | dst  | TCP: ports, | off-|flags| payload
 *  |      |      | len   | len   |           |       |    |    | len  | frag | tocol            | seq, ack    | set |     |
 *  +------+------+-------+-------+-----------+-------+----+----+------+------+-----+------+------+-------------+-----+-----+---
 *                                start       +12     +14  +15  +16    +20    +23   +26    +30    +34           +46   +47
 * ```
 *
 * Why it is as it is:
 *
 * - It tells nobody of a packet it steps over, and adds up what others count: a call for each cost as much again as the look.
 * - A DataView, because its reads are one machine load with one bounds check, where four byte reads are four of each.
 * - The look has no branch but the first: V8 compiles what it has seen run, and throws the code away at the first packet that takes another path. With branches
 *   it was compiled four times a run.
 *
 * What it comes to is in bench/results.md (small packets) and, beside a bare loop over the same bytes, in docs/performance.md.
 */
export class HotLoop {
  /** Packets stepped over by the last run, and how many of them the snap length had cut. */
  packets = 0;
  cut = 0;
  /** Where the record of the last of them begins; -1: there was none. */
  last = -1;

  /**
   * Steps over the whole records in [from, to). Returns the first that deserves a look, or is not whole, or whose length is a lie.
   *
   * @param recordHeader bytes before each packet
   */
  run(view: DataView, from: number, to: number, littleEndian: boolean, recordHeader: number): number {
    let at = from;
    let last = -1;
    let packets = 0;
    let cut = 0;
    while (to - at >= recordHeader) {
      const length = view.getUint32(at + 8, littleEndian);
      const start = at + recordHeader;
      const end = start + length;
      if (end > to || length > maxPacketBytes || !isDull(view, start, end)) break;
      if (view.getUint32(at + 12, littleEndian) > length) cut++;
      packets++;
      last = at;
      at = end;
    }
    this.packets = packets;
    this.cut = cut;
    this.last = last;
    return at;
  }
}

/** The three headers; shorter packets, and runts, are left to the decoders. */
const LEAST = 54;

/** EtherType IPv4, version 4, a header of five words; the type of service is masked out. */
const PLAIN_IPV4 = 0x08004500;

/** Fragment offset, and the more-fragments bit (RFC 791 section 3.1). */
const FRAGMENT = 0x3fff;

/** A TCP segment without payload that opens and closes nothing, or a datagram that carries no tunnel. */
export function isDull(view: DataView, start: number, end: number): boolean {
  if (end - start < LEAST) return false;
  const plain = ((view.getInt32(start + 12) & 0xffffff00) ^ PLAIN_IPV4) | (view.getUint16(start + 20) & FRAGMENT);
  const protocol = view.getUint8(start + 23);
  const total = view.getUint16(start + 16);
  const header = (view.getUint8(start + 46) >> 4) * 4;
  // A total length of 0 (cut by the card), a datagram cut by the snap length, a header that lies: no bare segment, the decoders know. The sign bit of
  // both differences says whether the header fits.
  const bare =
    (protocol ^ 6) |
    (total - 20 - header) |
    (((header - 20) | (end - start - 14 - total)) >>> 31) |
    (view.getUint8(start + 47) & (SYN | FIN | RST));
  const datagram = (protocol ^ 17) | +mayCarryTunnel(view.getUint16(start + 34), view.getUint16(start + 36));
  return plain === 0 && (bare === 0 || datagram === 0);
}

/** true: a plain TCP segment, and the packet is filled in. false: the decoders must take it apart. */
export function plainSegment(view: DataView, start: number, end: number, packet: Packet): boolean {
  if (end - start < LEAST || (view.getInt32(start + 12) & 0xffffff00) !== PLAIN_IPV4) return false;
  if ((view.getUint16(start + 20) & FRAGMENT) !== 0 || view.getUint8(start + 23) !== 6) return false;
  const total = view.getUint16(start + 16);
  const last = start + 14 + total;
  const header = (view.getUint8(start + 46) >> 4) * 4;
  if (last > end || header < 20 || total < 20 + header) return false;
  packet.at = start + 34 + header;
  packet.end = last;
  packet.family = 4;
  packet.address[3] = view.getInt32(start + 26);
  packet.address[7] = view.getInt32(start + 30);
  packet.sourcePort = view.getUint16(start + 34);
  packet.destinationPort = view.getUint16(start + 36);
  packet.sequence = view.getInt32(start + 38);
  packet.flags = view.getUint8(start + 47);
  return true;
}
