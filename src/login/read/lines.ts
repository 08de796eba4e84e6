import { MAX_LINE_BYTES } from './limits.js';

/**
 * Takes a line, which is the bytes from `start` to `end` without the line's end. They are valid until the next push.
 *
 * @param offset of its first byte, in all that was pushed
 */
export type TakeLine = (bytes: Buffer, start: number, end: number, offset: number) => void;

/** What becomes of a line beyond the limit, by the offset of its first byte: none of its bytes are kept. */
export type OnTooLong = (offset: number) => void;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts bytes into lines, wherever the pieces they come in end. At most one unfinished line is kept, up to MAX_LINE_BYTES of it.
 */
export class LineSplitter {
  readonly #onTooLong: OnTooLong;
  /** The unfinished line's pieces. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** The unfinished line is too long: its rest is stepped over. */
  #skipping = false;
  /** Offset of the unfinished line, which is also where the next line begins. */
  #offset = 0;
  #lines = 0;

  constructor(onTooLong: OnTooLong) {
    this.#onTooLong = onTooLong;
  }

  /** Lines that ended, empty and too long ones included. */
  get lines(): number {
    return this.#lines;
  }

  push(chunk: Buffer, take: TakeLine): void {
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      this.#lines++;
      if (this.#skipping) {
        this.#skipping = false;
        this.#offset += end + 1 - at;
      } else if (this.#keptBytes === 0) {
        this.#give(chunk, at, end, end + 1 - at, take);
      } else {
        const bytes = Buffer.concat([...this.#kept, chunk.subarray(at, end)]);
        this.#forget();
        this.#give(bytes, 0, bytes.length, bytes.length + 1, take);
      }
      at = end + 1;
    }
    this.#keep(chunk, at);
  }

  /** What stands behind the last line end counts as a line. */
  end(take: TakeLine): void {
    if (this.#keptBytes > 0) {
      const bytes = Buffer.concat(this.#kept);
      this.#forget();
      this.#lines++;
      this.#give(bytes, 0, bytes.length, bytes.length, take);
    }
    this.#skipping = false;
  }

  #give(bytes: Buffer, start: number, end: number, length: number, take: TakeLine): void {
    const offset = this.#offset;
    this.#offset += length;
    if (end - start > MAX_LINE_BYTES) this.#onTooLong(offset);
    else take(bytes, start, end > start && bytes[end - 1] === CR ? end - 1 : end, offset);
  }

  #keep(chunk: Buffer, at: number): void {
    const rest = chunk.length - at;
    if (rest === 0) return;
    if (this.#skipping) {
      this.#offset += rest;
    } else if (this.#keptBytes + rest > MAX_LINE_BYTES) {
      this.#onTooLong(this.#offset);
      this.#offset += this.#keptBytes + rest;
      this.#forget();
      this.#skipping = true;
    } else {
      // Copied: whoever reads fills the same buffer again.
      this.#kept.push(Buffer.from(chunk.subarray(at)));
      this.#keptBytes += rest;
    }
  }

  #forget(): void {
    this.#kept = [];
    this.#keptBytes = 0;
  }
}
