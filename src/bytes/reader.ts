import { SensorError } from '../errors.js';

/**
 * A bounded, consuming reader: the only code that touches offsets of untrusted bytes (the packet walk in capture/ apart, which is the hot loop).
 *
 * A length prefix yields a child reader that cannot leave its field, and `finish` refuses what is left over, so a structure that lies about a
 * length is noticed where it lies. Every failure is a {@link SensorError} with one of two codes: `truncated` (the field ends after its bytes do) and
 * `trailing_bytes` (its bytes end after the field does). Offsets count from the start of the outermost buffer plus `base`.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #base: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length, base = 0) {
    if (start < 0 || end > bytes.length || start > end) throw new RangeError('reader outside its buffer');
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#base = base;
  }

  /** Offset of the next unread byte, for error messages and notes. */
  get offset(): number {
    return this.#base + this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  u8(field: string): number {
    const at = this.#take(1, field);
    return this.#bytes[at]!;
  }

  u16(field: string): number {
    const at = this.#take(2, field);
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!;
  }

  u24(field: string): number {
    const at = this.#take(3, field);
    return (this.#bytes[at]! << 16) | (this.#bytes[at + 1]! << 8) | this.#bytes[at + 2]!;
  }

  u32(field: string): number {
    const at = this.#take(4, field);
    const b = this.#bytes;
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
  }

  /** A view (not a copy) of the next `count` bytes. */
  bytes(count: number, field: string): Uint8Array {
    const at = this.#take(count, field);
    return this.#bytes.subarray(at, at + count);
  }

  skip(count: number, field: string): void {
    this.#take(count, field);
  }

  /** A child that holds exactly the next `count` bytes; this reader moves past them. */
  child(count: number, field: string): Reader {
    const at = this.#take(count, field);
    return new Reader(this.#bytes, at, at + count, this.#base);
  }

  /** A child behind a one-byte length. */
  prefixed8(field: string): Reader {
    return this.child(this.u8(field), field);
  }

  /** A child behind a two-byte length. */
  prefixed16(field: string): Reader {
    return this.child(this.u16(field), field);
  }

  /** A child behind a three-byte length. */
  prefixed24(field: string): Reader {
    return this.child(this.u24(field), field);
  }

  /** Refuses bytes left over inside `field`. */
  finish(field: string): void {
    if (this.#at !== this.#end) {
      throw new SensorError(
        'trailing_bytes',
        field,
        this.offset,
        `${this.remaining} bytes left over in ${field} at offset ${this.offset}`,
      );
    }
  }

  #take(count: number, field: string): number {
    const at = this.#at;
    if (count > this.#end - at) {
      throw new SensorError(
        'truncated',
        field,
        this.offset,
        `${field} needs ${count} bytes at offset ${this.offset}, ${this.#end - at} are there`,
      );
    }
    this.#at = at + count;
    return at;
  }
}
