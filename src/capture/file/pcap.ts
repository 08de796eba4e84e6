import type { SensorError } from '../../errors.js';
import type { Timestamp } from '../../model/index.js';
import { captureError } from '../errors.js';
import { HotLoop } from '../hot-loop.js';
import { maxPacketBytes } from '../limits.js';
import { firstLayer } from '../link/index.js';
import { Layer } from '../packet.js';
import { classicTime } from './clock.js';
import type { CaptureFormat, PacketSink } from './format.js';

/** draft-ietf-opsawg-pcap section 4: the file header. */
export const pcapHeaderBytes = 24;

interface Variant {
  readonly littleEndian: boolean;
  readonly digits: 6 | 9;
  /** Bytes of a record header: 16, or 24 in the variant of old Linux libpcaps (magic a1b2cd34: interface, protocol and packet type follow). */
  readonly recordHeader: number;
}

/** The magic number tells byte order and clock (draft-ietf-opsawg-pcap section 4). */
export function pcapVariant(bytes: Uint8Array, at: number): Variant | null {
  const magic = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  switch (magic) {
    case 0xa1b2c3d4:
      return { littleEndian: false, digits: 6, recordHeader: 16 };
    case 0xd4c3b2a1:
      return { littleEndian: true, digits: 6, recordHeader: 16 };
    case 0xa1b23c4d:
      return { littleEndian: false, digits: 9, recordHeader: 16 };
    case 0x4d3cb2a1:
      return { littleEndian: true, digits: 9, recordHeader: 16 };
    case 0xa1b2cd34:
      return { littleEndian: false, digits: 6, recordHeader: 24 };
    case 0x34cdb2a1:
      return { littleEndian: true, digits: 6, recordHeader: 24 };
    default:
      return null;
  }
}

/**
 * Classic pcap, both byte orders, micro- and nanoseconds.
 *
 * ```
 *  record header (16)                              packet
 * +-----------+------------+----------+----------+----------------------+
 * | ts_sec    | ts_frac    | incl_len | orig_len | incl_len bytes       |
 * +-----------+------------+----------+----------+----------------------+
 *   at          at+4         at+8       at+12      at+header
 * ```
 */
export class PcapFormat implements CaptureFormat {
  frame = 0;
  /** Nothing is ever skipped here. */
  readonly skippedFrom = 0;
  readonly linkType: number;
  readonly #isEthernet: boolean;
  readonly #hotLoop = new HotLoop();
  readonly #sink: PacketSink;
  readonly #variant: Variant;
  readonly #view: DataView;
  /** Where the current packet's record begins; -1 between two reads, when the window may have moved. */
  #record = -1;
  #seconds = 0;
  #fraction = 0;

  /** @param at where the 24-byte file header begins */
  constructor(bytes: Uint8Array, at: number, variant: Variant, sink: PacketSink) {
    this.#variant = variant;
    this.#sink = sink;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Section 4: the lower 16 bits are the link type, above them the length of a frame check sequence and reserved bits.
    const word = at + 20;
    this.linkType = variant.littleEndian
      ? bytes[word]! | (bytes[word + 1]! << 8)
      : bytes[word + 3]! | (bytes[word + 2]! << 8);
    this.#isEthernet = firstLayer(this.linkType) === Layer.ethernet;
  }

  /** Whole seconds of the current packet; read when asked for, as most packets need no time. */
  get seconds(): number {
    return this.#record < 0 ? this.#seconds : this.#view.getUint32(this.#record, this.#variant.littleEndian);
  }

  get #currentFraction(): number {
    return this.#record < 0 ? this.#fraction : this.#view.getUint32(this.#record + 4, this.#variant.littleEndian);
  }

  walk(bytes: Uint8Array, from: number, to: number, fileOffset: number): number {
    const { littleEndian, recordHeader } = this.#variant;
    const sink = this.#sink;
    const linkType = this.linkType;
    const view = this.#view;
    let at = from;
    while (to - at >= recordHeader) {
      if (this.#isEthernet && sink.passesOver) {
        at = this.#passOver(at, to);
        if (to - at < recordHeader) break;
      }
      const length = view.getUint32(at + 8, littleEndian);
      if (length > maxPacketBytes) {
        this.#leaveWindow();
        throw captureError(
          'capture_corrupt',
          'incl_len',
          fileOffset + at - from,
          `packet ${this.frame + 1} claims ${length} bytes, more than any capture holds`,
        );
      }
      const start = at + recordHeader;
      const end = start + length;
      if (end > to) break;
      this.#record = at;
      this.frame++;
      sink.packet(bytes, start, end, linkType, view.getUint32(at + 12, littleEndian));
      at = end;
    }
    this.#leaveWindow();
    return at;
  }

  /** Steps over packets with nothing in them. Returns the first record that deserves a look. */
  #passOver(from: number, to: number): number {
    const loop = this.#hotLoop;
    const at = loop.run(this.#view, from, to, this.#variant.littleEndian, this.#variant.recordHeader);
    if (loop.packets > 0) {
      this.frame += loop.packets;
      this.#record = loop.last;
      this.#sink.passedOver(loop.packets, loop.cut);
    }
    return at;
  }

  #leaveWindow(): void {
    this.#seconds = this.seconds;
    this.#fraction = this.#currentFraction;
    this.#record = -1;
  }

  takeSkip(): number {
    return 0;
  }

  timestamp(): Timestamp {
    return classicTime(this.seconds, this.#currentFraction, this.#variant.digits);
  }

  atEnd(left: number, fileOffset: number): SensorError | null {
    if (left === 0) return null;
    return captureError(
      'capture_cut',
      left < this.#variant.recordHeader ? 'record_header' : 'packet_data',
      fileOffset,
      `the file ends inside packet ${this.frame + 1}`,
    );
  }
}
