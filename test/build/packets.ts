/**
 * Encoders of packets, from the link down to the TCP segment, for tests only. Written from the specifications and independent of src/capture;
 * test/unit/capture/encoders.test.ts lets tshark read what they write.
 */
import type { Bytes } from './hello.js';

export function join(...parts: Bytes[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const be16 = (value: number) => Uint8Array.of((value >>> 8) & 255, value & 255);
export const be32 = (value: number) =>
  Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
const le16 = (value: number) => Uint8Array.of(value & 255, (value >>> 8) & 255);

/** The bytes of an address written as text; of IPv6 without embedded IPv4. */
export function address(text: string): Uint8Array {
  if (text.includes('.')) return Uint8Array.from(text.split('.'), Number);
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const before = groups(head);
  const after = groups(tail);
  const zeros = text.includes('::') ? Array.from({ length: 8 - before.length - after.length }, () => 0) : [];
  return join(...[...before, ...zeros, ...after].map(be16));
}

export const isIpv6 = (text: string) => text.includes(':');

/** RFC 1071. */
function checksum(...parts: Bytes[]): number {
  let sum = 0;
  const all = join(...parts);
  for (let at = 0; at < all.length; at += 2) sum += (all[at]! << 8) | (all[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function withChecksum(bytes: Uint8Array, at: number, ...covered: Bytes[]): Uint8Array {
  bytes.set(be16(checksum(...covered)), at);
  return bytes;
}

// -- TCP and UDP --

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** Where a segment or datagram goes from and to. */
export interface Path {
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
}

export const reversed = ({ src, sport, dst, dport }: Path): Path => ({
  src: dst,
  sport: dport,
  dst: src,
  dport: sport,
});

export interface SegmentParts {
  readonly seq: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly payload?: Bytes;
  /** A multiple of four bytes. */
  readonly options?: Bytes;
}

function pseudoHeader(path: Path, protocol: number, length: number): Uint8Array {
  return isIpv6(path.src)
    ? join(address(path.src), address(path.dst), be32(length), be32(protocol))
    : join(address(path.src), address(path.dst), be16(protocol), be16(length));
}

/** RFC 9293 section 3.1. */
export function tcp(path: Path, parts: SegmentParts): Uint8Array {
  const { seq, ack = 0, flags = ACK, payload = [], options = [] } = parts;
  const offset = (20 + options.length) / 4;
  const segment = join(
    be16(path.sport),
    be16(path.dport),
    be32(seq),
    be32(ack),
    [offset << 4, flags],
    be16(0xffff),
    be16(0),
    be16(0),
    options,
    payload,
  );
  return withChecksum(segment, 16, pseudoHeader(path, 6, segment.length), segment);
}

/** RFC 768. */
export function udp(path: Path, payload: Bytes): Uint8Array {
  const datagram = join(be16(path.sport), be16(path.dport), be16(8 + payload.length), be16(0), payload);
  return withChecksum(datagram, 6, pseudoHeader(path, 17, datagram.length), datagram);
}

// -- IP --

export interface IpParts {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly payload: Bytes;
}

export interface Ipv4Parts extends IpParts {
  readonly id?: number;
  /** A multiple of four bytes. */
  readonly options?: Bytes;
  /** In bytes, a multiple of eight. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  /** Instead of the true one. */
  readonly totalLength?: number;
}

/** RFC 791 section 3.1. */
export function ipv4(parts: Ipv4Parts): Uint8Array {
  const { src, dst, protocol, payload, id = 1, options = [], fragmentOffset = 0, moreFragments = false } = parts;
  const headerLength = 20 + options.length;
  const header = join(
    [0x40 | (headerLength / 4), 0],
    be16(parts.totalLength ?? headerLength + payload.length),
    be16(id),
    be16((fragmentOffset / 8) | (moreFragments ? 0x2000 : 0)),
    [64, protocol],
    be16(0),
    address(src),
    address(dst),
    options,
  );
  return join(withChecksum(header, 10, header), payload);
}

/** An extension header before the protocol: its number, and its bytes once the next header's number is known. */
export interface ExtensionHeader {
  readonly type: number;
  encode(next: number): Uint8Array;
}

/** Hop-by-hop (0), destination options (60): padding that fills 8 * (1 + `extra`) bytes. */
export const optionsHeader = (type: 0 | 60, extra = 0): ExtensionHeader => ({
  type,
  encode: (next) => join([next, extra, 1, 4 + extra * 8], new Uint8Array(4 + extra * 8)),
});

/** RFC 8200 section 4.4, type 4 with one segment, none left. */
export const routingHeader = (via: string): ExtensionHeader => ({
  type: 43,
  encode: (next) => join([next, 2, 4, 0, 0, 0, 0, 0], address(via)),
});

/** RFC 4302 section 2.2, with an integrity value of 12 bytes. */
export const authenticationHeader: ExtensionHeader = {
  type: 51,
  encode: (next) => join([next, 4, 0, 0], be32(0x100), be32(1), new Uint8Array(12)),
};

/** RFC 8200 section 4.5. `offset` in bytes. */
export const fragmentHeader = (id: number, offset: number, more: boolean): ExtensionHeader => ({
  type: 44,
  encode: (next) => join([next, 0], be16(offset | (more ? 1 : 0)), be32(id)),
});

export interface Ipv6Parts extends IpParts {
  readonly extensions?: readonly ExtensionHeader[];
  /** Instead of the true one. */
  readonly payloadLength?: number;
}

/** RFC 8200 section 3. */
export function ipv6(parts: Ipv6Parts): Uint8Array {
  const { src, dst, protocol, payload, extensions = [] } = parts;
  const types = [...extensions.map((extension) => extension.type), protocol];
  const headers = join(...extensions.map((extension, i) => extension.encode(types[i + 1]!)));
  return join(
    [0x60, 0, 0, 0],
    be16(parts.payloadLength ?? headers.length + payload.length),
    [types[0]!, 64],
    address(src),
    address(dst),
    headers,
    payload,
  );
}

export function ip(parts: IpParts): Uint8Array {
  return isIpv6(parts.src) ? ipv6(parts) : ipv4(parts);
}

/** The fragments of an IP payload cut at `cuts` (multiples of eight), in order. */
export function fragments(parts: IpParts, cuts: readonly number[], id = 77): Uint8Array[] {
  const edges = [0, ...cuts, parts.payload.length];
  return edges.slice(1).map((end, i) => {
    const offset = edges[i]!;
    const more = i < cuts.length;
    const payload = parts.payload.slice(offset, end);
    return isIpv6(parts.src)
      ? ipv6({ ...parts, payload, extensions: [fragmentHeader(id, offset, more)] })
      : ipv4({ ...parts, payload, id, fragmentOffset: offset, moreFragments: more });
  });
}

/** An IP packet with a TCP segment. */
export function segment(path: Path, parts: SegmentParts): Uint8Array {
  return ip({ src: path.src, dst: path.dst, protocol: 6, payload: tcp(path, parts) });
}

/** An IP packet with a UDP datagram. */
export function datagram(path: Path, payload: Bytes): Uint8Array {
  return ip({ src: path.src, dst: path.dst, protocol: 17, payload: udp(path, payload) });
}

// -- links --

/** The EtherType of an IP packet. */
export const etherTypeOf = (packet: Uint8Array) => (packet[0]! >> 4 === 6 ? 0x86dd : 0x0800);

const macs = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

/** IEEE 802.3, with an EtherType. */
export const ethernet = (etherType: number, payload: Bytes) => join(macs, be16(etherType), payload);

/** An Ethernet frame around an IP packet. */
export const frame = (packet: Uint8Array) => ethernet(etherTypeOf(packet), packet);

/** What follows the EtherType of a tag (IEEE 802.1Q): tag control information and the next EtherType. */
export const vlanTag = (vlan: number, etherType: number, payload: Bytes) => join(be16(vlan), be16(etherType), payload);

/** IEEE 802.2 LLC with SNAP (RFC 1042). */
export const llcSnap = (etherType: number, payload: Bytes) => join([0xaa, 0xaa, 3, 0, 0, 0], be16(etherType), payload);

/** RFC 3032 section 2.1: a stack of labels. */
export const mpls = (labels: readonly number[], payload: Bytes) =>
  join(...labels.map((label, i) => be32((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64)), payload);

/** PPP's protocol number of an IP packet. */
export const pppProtocolOf = (packet: Uint8Array) => (packet[0]! >> 4 === 6 ? 0x0057 : 0x0021);

/** RFC 2516 section 4, session stage. */
export const pppoe = (protocol: number, payload: Bytes) =>
  join([0x11, 0], be16(0x1234), be16(payload.length + 2), be16(protocol), payload);

/** RFC 1662 section 3.1. */
export const ppp = (protocol: number, payload: Bytes) => join([0xff, 3], be16(protocol), payload);

/** LINKTYPE_LINUX_SLL. */
export const sll = (protocol: number, payload: Bytes) =>
  join(be16(0), be16(1), be16(6), [2, 0, 0, 0, 0, 1, 0, 0], be16(protocol), payload);

/** LINKTYPE_LINUX_SLL2. */
export const sll2 = (protocol: number, payload: Bytes) =>
  join(be16(protocol), be16(0), be32(3), be16(1), [0, 6], [2, 0, 0, 0, 0, 1, 0, 0], payload);

export interface Ieee80211Parts {
  readonly qos?: boolean;
  readonly htControl?: boolean;
  readonly fourAddresses?: boolean;
  /** Pad the header to a multiple of four, as radiotap's flag says. */
  readonly padded?: boolean;
  /** Frame control the wrong way round, as some access points send it in CAPWAP. */
  readonly swapped?: boolean;
}

/** IEEE 802.11 section 9.3.2: a data frame around LLC. */
export function ieee80211(payload: Bytes, parts: Ieee80211Parts = {}): Uint8Array {
  const { qos = false, htControl = false, fourAddresses = false, padded = false, swapped = false } = parts;
  const control = [qos ? 0x88 : 0x08, (fourAddresses ? 3 : 1) | (htControl ? 0x80 : 0)];
  const header = join(
    swapped ? control.reverse() : control,
    le16(0),
    macs,
    [2, 0, 0, 0, 0, 3],
    le16(0x10),
    fourAddresses ? [2, 0, 0, 0, 0, 4] : [],
    qos ? le16(0) : [],
    qos && htControl ? [0, 0, 0, 0] : [],
  );
  return join(header, new Uint8Array(padded ? -header.length & 3 : 0), payload);
}

export interface RadiotapParts {
  /** Microseconds of the TSFT field: eight bytes, aligned to eight. */
  readonly tsft?: boolean;
  /** The flags field. */
  readonly flags?: number;
  /** Further presence words. */
  readonly extended?: number;
}

/** radiotap.org: version 0, length, presence words, fields. */
export function radiotap(payload: Bytes, parts: RadiotapParts = {}): Uint8Array {
  const { tsft = false, flags, extended = 0 } = parts;
  const present = (tsft ? 1 : 0) | (flags === undefined ? 0 : 2);
  const words = Array.from({ length: extended + 1 }, (_, i) => [
    i === 0 ? present : 0,
    0,
    0,
    i < extended ? 0x80 : 0,
  ]).flat();
  const aligned = new Uint8Array(tsft ? -(4 + words.length) & 7 : 0);
  const fields = join(aligned, tsft ? new Uint8Array(8) : [], flags === undefined ? [] : [flags]);
  return join([0, 0], le16(4 + words.length + fields.length), words, fields, payload);
}

// -- tunnels --

export interface GreParts {
  readonly checksum?: boolean;
  readonly key?: number;
  readonly sequence?: number;
  /** PPTP's version 1: the key is payload length and call id. */
  readonly pptp?: boolean;
  readonly acknowledgement?: number;
}

/** RFC 2784, RFC 2890, and RFC 2637 section 4.1 for PPTP. */
export function gre(etherType: number, payload: Bytes, parts: GreParts = {}): Uint8Array {
  const { checksum: summed = false, sequence, pptp = false, acknowledgement } = parts;
  const key = pptp ? (payload.length << 16) | 7 : parts.key;
  const flags =
    (summed ? 0x8000 : 0) |
    (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000) |
    (acknowledgement === undefined ? 0 : 0x0080) |
    (pptp ? 1 : 0);
  const packet = join(
    be16(flags),
    be16(etherType),
    summed ? be32(0) : [],
    key === undefined ? [] : be32(key),
    sequence === undefined ? [] : be32(sequence),
    acknowledgement === undefined ? [] : be32(acknowledgement),
    payload,
  );
  return summed ? withChecksum(packet, 4, packet) : packet;
}

/** RFC 7348 section 5. */
export const vxlan = (vni: number, payload: Bytes) => join([8, 0, 0, 0], be32(vni << 8), payload);

/** RFC 8926 section 3.4; options a multiple of four bytes. */
export const geneve = (etherType: number, payload: Bytes, options: Bytes = []) =>
  join([options.length / 4, 0], be16(etherType), be32(42 << 8), options, payload);

/** 3GPP TS 29.281 section 5.1: a G-PDU, with the PDU session container of 5G as extension header where asked for. */
export function gtpU(payload: Bytes, withExtension = false): Uint8Array {
  const optional = withExtension ? join(be16(0), [0, 0x85], [1, 0x10, 9, 0]) : new Uint8Array(0);
  return join([withExtension ? 0x34 : 0x30, 255], be16(optional.length + payload.length), be32(99), optional, payload);
}

/** RFC 5415 section 4.3, not encrypted: an 802.11 frame (native) or an 802.3 one. */
export const capwap = (payload: Bytes, native: boolean) =>
  join([0, 2 << 3, 0x40 | (1 << 1) | (native ? 1 : 0), 0], be32(0), payload);
