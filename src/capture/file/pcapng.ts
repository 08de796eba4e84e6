import type { SensorError } from '../../errors.js';
import type { Timestamp } from '../../model/index.js';
import { captureError } from '../errors.js';
import { maxInterfaces, maxPacketBytes, windowBytes } from '../limits.js';
import { approximateSeconds, type Clock, clock, exactTime, microsecondClock } from './clock.js';
import type { CaptureFormat, PacketSink } from './format.js';

// draft-ietf-opsawg-pcapng section 11.1: block types.
const sectionHeader = 0x0a0d0d0a;
const interfaceDescription = 1;
const obsoletePacket = 2;
const simplePacket = 3;
const enhancedPacket = 6;

/** Section 4.1: the byte-order magic of a section header. */
const byteOrderMagic = 0x1a2b3c4d;

// Section 4.2: options of an interface description.
const optEndOfOptions = 0;
const optTimestampResolution = 9;
const optTimestampOffset = 14;

interface Interface {
  readonly linkType: number;
  /** 0 means no limit (section 4.2). */
  readonly snapLength: number;
  readonly clock: Clock;
}

/** Do the first bytes of a file open a pcapng section? The block type reads the same in both byte orders. */
export function isPcapng(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x0a && bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0d && bytes[at + 3] === 0x0a;
}

/**
 * pcapng: several sections in either byte order, each with interfaces of their own; enhanced, simple and obsolete packet blocks; everything else is
 * stepped over, however large.
 *
 * ```
 * +------+--------------+------ body ------+--------------+
 * | type | total length |                  | total length |
 * +------+--------------+------------------+--------------+
 *   at     at+4           at+8               at+total-4
 * ```
 */
export class PcapngFormat implements CaptureFormat {
  frame = 0;
  seconds = 0;
  skippedFrom = 0;
  readonly #sink: PacketSink;
  #littleEndian = true;
  #interfaces: Interface[] = [];
  #clock: Clock = microsecondClock;
  #ticksHigh = 0;
  #ticksLow = 0;
  #skip = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  walk(bytes: Uint8Array, from: number, to: number, fileOffset: number): number {
    let at = from;
    while (to - at >= 12) {
      const offset = fileOffset + at - from;
      const type = this.#u32(bytes, at);
      // A section header's own byte order counts, and it stands behind the length.
      if (type === sectionHeader) this.#readByteOrder(bytes, at, offset);
      const total = this.#u32(bytes, at + 4);
      if (total < 12 || (total & 3) !== 0) {
        throw captureError('capture_corrupt', 'block_total_length', offset + 4, `a block claims ${total} bytes`);
      }
      const wanted =
        type === enhancedPacket || type === simplePacket || type === obsoletePacket || type === interfaceDescription;
      if (total > to - at) {
        if (wanted || type === sectionHeader) {
          if (total > windowBytes) {
            throw captureError(
              'capture_corrupt',
              'block_total_length',
              offset + 4,
              `a block of type ${type} claims ${total} bytes`,
            );
          }
          break;
        }
        this.#skip = total - (to - at);
        this.skippedFrom = offset;
        return to;
      }
      if (this.#u32(bytes, at + total - 4) !== total) {
        throw captureError(
          'capture_corrupt',
          'block_total_length',
          offset + total - 4,
          'the two lengths of a block differ',
        );
      }
      if (type === enhancedPacket) this.#packetBlock(bytes, at, total, offset, false);
      else if (type === simplePacket) this.#simplePacket(bytes, at, total, offset);
      else if (type === obsoletePacket) this.#packetBlock(bytes, at, total, offset, true);
      else if (type === interfaceDescription) this.#interfaceDescription(bytes, at, total, offset);
      else if (type === sectionHeader) this.#sectionHeader(bytes, at, total, offset);
      at += total;
    }
    return at;
  }

  takeSkip(): number {
    const skip = this.#skip;
    this.#skip = 0;
    return skip;
  }

  timestamp(): Timestamp {
    return exactTime(this.#clock, this.#ticksHigh, this.#ticksLow);
  }

  atEnd(left: number, fileOffset: number): SensorError | null {
    if (left === 0) return null;
    return captureError('capture_cut', 'block', fileOffset, `the file ends inside a block, after packet ${this.frame}`);
  }

  /** Section 4.1. */
  #readByteOrder(bytes: Uint8Array, at: number, offset: number): void {
    this.#littleEndian = true;
    if (this.#u32(bytes, at + 8) === byteOrderMagic) return;
    this.#littleEndian = false;
    if (this.#u32(bytes, at + 8) === byteOrderMagic) return;
    throw captureError(
      'capture_corrupt',
      'byte_order_magic',
      offset + 8,
      'a section header without its byte-order magic',
    );
  }

  #sectionHeader(bytes: Uint8Array, at: number, total: number, offset: number): void {
    if (total < 28) throw captureError('capture_corrupt', 'section_header', offset, 'a section header is too short');
    const major = this.#u16(bytes, at + 12);
    // Section 4.1: 1.0 and 1.2 are the same; another major version would have other blocks.
    if (major !== 1) {
      throw captureError('capture_unsupported', 'major_version', offset + 12, `pcapng version ${major} is not known`);
    }
    // Interfaces belong to their section (section 4.2).
    this.#interfaces = [];
  }

  /** Section 4.2. */
  #interfaceDescription(bytes: Uint8Array, at: number, total: number, offset: number): void {
    if (total < 20)
      throw captureError('capture_corrupt', 'interface_description', offset, 'an interface block is too short');
    if (this.#interfaces.length >= maxInterfaces) {
      throw captureError('capture_corrupt', 'interface_description', offset, `more than ${maxInterfaces} interfaces`);
    }
    const end = at + total - 4;
    let resolution = 6;
    let timeOffset = 0n;
    for (let option = at + 16; option + 4 <= end; ) {
      const code = this.#u16(bytes, option);
      const length = this.#u16(bytes, option + 2);
      if (code === optEndOfOptions || option + 4 + length > end) break;
      if (code === optTimestampResolution && length === 1) resolution = bytes[option + 4]!;
      if (code === optTimestampOffset && length === 8) {
        const first = BigInt(this.#u32(bytes, option + 4));
        const second = BigInt(this.#u32(bytes, option + 8));
        timeOffset = BigInt.asIntN(64, this.#littleEndian ? (second << 32n) | first : (first << 32n) | second);
      }
      option += 4 + ((length + 3) & ~3);
    }
    this.#interfaces.push({
      linkType: this.#u16(bytes, at + 8),
      snapLength: this.#u32(bytes, at + 12),
      clock: resolution === 6 && timeOffset === 0n ? microsecondClock : clock(resolution, timeOffset),
    });
  }

  /** Section 4.3. The obsolete block (appendix A) differs in its first word only: a shorter interface number, and a count of drops. */
  #packetBlock(bytes: Uint8Array, at: number, total: number, offset: number, isObsolete: boolean): void {
    if (total < 32) {
      const field = isObsolete ? 'packet_block' : 'enhanced_packet';
      throw captureError('capture_corrupt', field, offset, 'a packet block is too short');
    }
    const inter = this.#interface(isObsolete ? this.#u16(bytes, at + 8) : this.#u32(bytes, at + 8), offset);
    this.#setTime(inter.clock, this.#u32(bytes, at + 12), this.#u32(bytes, at + 16));
    this.#packet(
      bytes,
      at + 28,
      this.#u32(bytes, at + 20),
      at + total - 4,
      inter,
      this.#u32(bytes, at + 24),
      offset + 20,
    );
  }

  /** Section 4.4: first interface, no time, and the captured length is what snap length and block leave of the original. */
  #simplePacket(bytes: Uint8Array, at: number, total: number, offset: number): void {
    if (total < 16) throw captureError('capture_corrupt', 'simple_packet', offset, 'a packet block is too short');
    const inter = this.#interface(0, offset);
    const original = this.#u32(bytes, at + 8);
    const snap = inter.snapLength === 0 ? original : Math.min(original, inter.snapLength);
    this.#setTime(inter.clock, 0, 0);
    this.#packet(bytes, at + 12, Math.min(snap, total - 16), at + total - 4, inter, original, offset + 8);
  }

  #packet(
    bytes: Uint8Array,
    start: number,
    length: number,
    end: number,
    inter: Interface,
    original: number,
    offset: number,
  ): void {
    if (length > maxPacketBytes || length > end - start) {
      throw captureError(
        'capture_corrupt',
        'captured_length',
        offset,
        `packet ${this.frame + 1} claims ${length} bytes, its block has room for ${end - start}`,
      );
    }
    this.frame++;
    this.#sink.packet(bytes, start, start + length, inter.linkType, original);
  }

  #interface(id: number, offset: number): Interface {
    const inter = this.#interfaces[id];
    if (inter === undefined) {
      throw captureError(
        'capture_corrupt',
        'interface_id',
        offset + 8,
        `packet ${this.frame + 1} names interface ${id}, which was not described`,
      );
    }
    return inter;
  }

  #setTime(c: Clock, high: number, low: number): void {
    this.#clock = c;
    this.#ticksHigh = high;
    this.#ticksLow = low;
    this.seconds = approximateSeconds(c, high, low);
  }

  #u16(bytes: Uint8Array, at: number): number {
    return this.#littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : bytes[at + 1]! | (bytes[at]! << 8);
  }

  #u32(bytes: Uint8Array, at: number): number {
    return this.#littleEndian
      ? (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
      : (bytes[at + 3]! | (bytes[at + 2]! << 8) | (bytes[at + 1]! << 16) | (bytes[at]! << 24)) >>> 0;
  }
}
