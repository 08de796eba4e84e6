import type { SensorError } from '../../errors.js';
import type { Timestamp } from '../../model/index.js';
import { captureError } from '../errors.js';
import { readBytes, windowBytes } from '../limits.js';
import type { CaptureFormat, PacketClock, PacketSink } from './format.js';
import { PcapFormat, pcapHeaderBytes, pcapVariant } from './pcap.js';
import { isPcapng, PcapngFormat } from './pcapng.js';

const noTime: Timestamp = { seconds: 0, nanoseconds: 0, digits: 0 };

/**
 * Turns the bytes of a capture file into packets. It does no I/O: the caller reads into `space()` and says with `wrote(n)` how much came, so that
 * a file, a pipe and an unpacked gzip stream go the same way, and nothing is allocated per packet or per read.
 *
 * ```
 *  0            from              to                 to + readBytes        windowBytes
 *  +-------------+-----------------+-------------------+----------------------+
 *  | handled     | record not yet  | space(): read the | room for the largest |
 *  |             | complete        | next bytes here   | packet or block      |
 *  +-------------+-----------------+-------------------+----------------------+
 *                  moved to the front before the next read: less than a packet, mostly
 * ```
 *
 * Both methods that look at bytes throw a SensorError (`not_a_capture`, `capture_corrupt`, `capture_unsupported`, …) with the file offset of what
 * they cannot read; packets before it have been handed over.
 */
export class CaptureReader implements PacketClock {
  readonly #sink: PacketSink;
  readonly #window = new Uint8Array(windowBytes);
  #from = 0;
  #to = 0;
  /** File offset of `#from`. */
  #offset = 0;
  #skip = 0;
  #format: CaptureFormat | null = null;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  get frame(): number {
    return this.#format === null ? 0 : this.#format.frame;
  }

  get seconds(): number {
    return this.#format === null ? 0 : this.#format.seconds;
  }

  timestamp(): Timestamp {
    return this.#format === null ? noTime : this.#format.timestamp();
  }

  /** Where to put the next bytes: never empty, and no more than is good to read at once. */
  space(): Uint8Array {
    if (this.#from > 0) {
      this.#window.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    return this.#window.subarray(this.#to, this.#to + readBytes);
  }

  /** `count` bytes were put at the start of `space()`. */
  wrote(count: number): void {
    this.#to += count;
    if (this.#skip > 0) {
      this.#throwAway();
      if (this.#skip > 0) return;
    }
    if (this.#format === null) this.#format = this.#detect();
    if (this.#format !== null) this.#advance(this.#format);
  }

  /** The input is over. Returns what is wrong with its end, or null. */
  end(): SensorError | null {
    const left = this.#to - this.#from;
    if (this.#format !== null) {
      if (this.#skip > 0) {
        return this.#format.atEnd(this.#skip, this.#format.skippedFrom);
      }
      return this.#format.atEnd(left, this.#offset);
    }
    if (left === 0) return captureError('capture_empty', 'file', 0, 'the file is empty');
    const starts = isPcapng(this.#window, 0) || pcapVariant(this.#window, 0) !== null;
    return starts
      ? captureError('capture_cut', 'file_header', 0, 'the file ends inside its header')
      : captureError('not_a_capture', 'magic', 0, 'not a pcap or pcapng file');
  }

  #advance(format: CaptureFormat): void {
    const stopped = format.walk(this.#window, this.#from, this.#to, this.#offset);
    this.#offset += stopped - this.#from;
    this.#from = stopped;
    this.#skip = format.takeSkip();
  }

  #throwAway(): void {
    const count = Math.min(this.#skip, this.#to - this.#from);
    this.#skip -= count;
    this.#from += count;
    this.#offset += count;
  }

  /** By content, never by name. null: not enough bytes yet. */
  #detect(): CaptureFormat | null {
    const window = this.#window;
    const have = this.#to - this.#from;
    if (have < 4) return null;
    if (isPcapng(window, this.#from)) return new PcapngFormat(this.#sink);
    const variant = pcapVariant(window, this.#from);
    if (variant === null) throw captureError('not_a_capture', 'magic', 0, 'not a pcap or pcapng file');
    if (have < pcapHeaderBytes) return null;
    const format = new PcapFormat(window, this.#from, variant, this.#sink);
    this.#from += pcapHeaderBytes;
    this.#offset += pcapHeaderBytes;
    return format;
  }
}
