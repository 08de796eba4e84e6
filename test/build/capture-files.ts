/** Encoders of capture files, for tests only: they write what they are told, sound or not. */
import type { Bytes } from './hello.js';
import { join } from './packets.js';

export interface ByteOrder {
  readonly name: 'little-endian' | 'big-endian';
  readonly u16: (value: number) => Uint8Array;
  readonly u32: (value: number) => Uint8Array;
  /** A signed 64-bit number. */
  readonly i64: (value: bigint) => Uint8Array;
}

function byteOrder(name: ByteOrder['name']): ByteOrder {
  const little = name === 'little-endian';
  const written = (size: number, write: (view: DataView) => void) => {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    return bytes;
  };
  return {
    name,
    u16: (value) => written(2, (view) => view.setUint16(0, value, little)),
    u32: (value) => written(4, (view) => view.setUint32(0, value, little)),
    i64: (value) => written(8, (view) => view.setBigInt64(0, value, little)),
  };
}

export const littleEndian = byteOrder('little-endian');
export const bigEndian = byteOrder('big-endian');
export const byteOrders = [littleEndian, bigEndian];

/** One captured packet of a classic file. */
export interface PcapPacket {
  readonly bytes: Bytes;
  readonly seconds?: number;
  /** Micro- or nanoseconds, whichever the file has. */
  readonly fraction?: number;
  readonly originalLength?: number;
}

export interface PcapOptions {
  readonly order?: ByteOrder;
  /** `modified` is the variant of old Linux libpcaps, with 24 bytes before each packet. */
  readonly variant?: 'microseconds' | 'nanoseconds' | 'modified';
  /** All 32 bits of the link type word. */
  readonly linkType?: number;
  readonly snapLength?: number;
}

const magics = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d, modified: 0xa1b2cd34 } as const;

/** draft-ietf-opsawg-pcap section 4. */
export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const { order = littleEndian, variant = 'microseconds', linkType = 1, snapLength = 262_144 } = options;
  const { u16, u32 } = order;
  return join(u32(magics[variant]), u16(2), u16(4), u32(0), u32(0), u32(snapLength), u32(linkType));
}

/** draft-ietf-opsawg-pcap section 5. */
export function pcapRecord(packet: PcapPacket, options: PcapOptions = {}): Uint8Array {
  const { order = littleEndian, variant = 'microseconds' } = options;
  const { bytes, seconds = 0, fraction = 0, originalLength = bytes.length } = packet;
  const { u32 } = order;
  const tail = variant === 'modified' ? new Uint8Array(8) : [];
  return join(u32(seconds), u32(fraction), u32(bytes.length), u32(originalLength), tail, bytes);
}

export function pcap(packets: readonly PcapPacket[], options: PcapOptions = {}): Uint8Array {
  return join(pcapHeader(options), ...packets.map((packet) => pcapRecord(packet, options)));
}

/** An option of a pcapng block: code and value, padded to four bytes. */
export function pcapngOption(order: ByteOrder, code: number, value: Bytes): Uint8Array {
  return join(order.u16(code), order.u16(value.length), value, new Uint8Array(-value.length & 3));
}

/** draft-ietf-opsawg-pcapng section 3.1: any block; the body is padded to four bytes. */
export function block(order: ByteOrder, type: number, ...body: Bytes[]): Uint8Array {
  const content = join(...body);
  const padding = new Uint8Array(-content.length & 3);
  const total = order.u32(12 + content.length + padding.length);
  return join(order.u32(type), total, content, padding, total);
}

/** Section 4.1. */
export function sectionHeader(order: ByteOrder, major = 1): Uint8Array {
  return block(order, 0x0a0d0d0a, order.u32(0x1a2b3c4d), order.u16(major), order.u16(0), order.i64(-1n));
}

export interface InterfaceParts {
  readonly linkType?: number;
  readonly snapLength?: number;
  /** The if_tsresol byte. */
  readonly resolution?: number;
  /** Seconds of if_tsoffset. */
  readonly offset?: bigint;
  /** if_name, before the others. */
  readonly name?: Bytes;
}

/** Section 4.2. */
export function interfaceBlock(order: ByteOrder, parts: InterfaceParts = {}): Uint8Array {
  const { linkType = 1, snapLength = 0, resolution, offset, name } = parts;
  const options = [
    ...(name === undefined ? [] : [pcapngOption(order, 2, name)]),
    ...(resolution === undefined ? [] : [pcapngOption(order, 9, [resolution])]),
    ...(offset === undefined ? [] : [pcapngOption(order, 14, order.i64(offset))]),
  ];
  const end = options.length > 0 ? pcapngOption(order, 0, []) : [];
  return block(order, 1, order.u16(linkType), order.u16(0), order.u32(snapLength), ...options, end);
}

export interface PcapngPacket {
  readonly bytes: Bytes;
  readonly interface?: number;
  /** Ticks of the interface's clock. */
  readonly ticks?: bigint;
  readonly originalLength?: number;
  readonly options?: Bytes;
}

const ticksOf = (order: ByteOrder, ticks: bigint) =>
  join(order.u32(Number(BigInt.asUintN(32, ticks >> 32n))), order.u32(Number(BigInt.asUintN(32, ticks))));

const padded = (bytes: Bytes) => join(bytes, new Uint8Array(-bytes.length & 3));

/** Section 4.3. */
export function enhancedPacket(order: ByteOrder, packet: PcapngPacket): Uint8Array {
  const { bytes, ticks = 0n, originalLength = bytes.length, options = [] } = packet;
  const { u32 } = order;
  return block(
    order,
    6,
    u32(packet.interface ?? 0),
    ticksOf(order, ticks),
    u32(bytes.length),
    u32(originalLength),
    padded(bytes),
    options,
  );
}

/** Section 4.4. */
export function simplePacket(order: ByteOrder, bytes: Bytes, originalLength = bytes.length): Uint8Array {
  return block(order, 3, order.u32(originalLength), padded(bytes));
}

/** Appendix A. */
export function obsoletePacket(order: ByteOrder, packet: PcapngPacket, drops = 0xffff): Uint8Array {
  const { bytes, ticks = 0n, originalLength = bytes.length } = packet;
  const { u16, u32 } = order;
  return block(
    order,
    2,
    u16(packet.interface ?? 0),
    u16(drops),
    ticksOf(order, ticks),
    u32(bytes.length),
    u32(originalLength),
    padded(bytes),
  );
}

/** A whole section with one interface and enhanced packets. */
export function pcapng(
  packets: readonly PcapngPacket[],
  parts: InterfaceParts = {},
  order: ByteOrder = littleEndian,
): Uint8Array {
  return join(
    sectionHeader(order),
    interfaceBlock(order, parts),
    ...packets.map((packet) => enhancedPacket(order, packet)),
  );
}
