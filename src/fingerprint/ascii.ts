import { isGrease } from '../tls/index.js';

const COMMA = 0x2c;
const DASH = 0x2d;

/** Longer than any real hello's string. A hostile one can make the buffer grow once to some 600 KB: its lists are bounded by their 16-bit lengths. */
const FIRST_SIZE = 4096;

/**
 * Builds the strings that are hashed, byte by byte in a reused buffer: a digest wants flat bytes, and concatenation leaves V8 a rope of some sixty
 * pieces to flatten first. Over the hellos of the capture set ja3 takes 1.7 µs this way, and took 2.8 µs with concatenation.
 */
export class AsciiWriter {
  #bytes = Buffer.alloc(FIRST_SIZE);
  #at = 0;

  /** Begins a string of at most `size` characters. The writes that follow do not check: what is beyond is lost. */
  begin(size: number): void {
    if (size > this.#bytes.length) this.#bytes = Buffer.alloc(size);
    this.#at = 0;
  }

  /** The string written since `begin`. */
  end(): string {
    return this.#bytes.toString('latin1', 0, this.#at);
  }

  comma(): void {
    this.#bytes[this.#at++] = COMMA;
  }

  /** 16-bit numbers in decimal, joined by `-`: six characters each at most. */
  decimals(values: readonly number[], keepGrease: boolean): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let first = true;
    for (const value of values) {
      if (!keepGrease && isGrease(value)) continue;
      if (!first) bytes[at++] = DASH;
      first = false;
      const digits = value >= 10000 ? 5 : value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1;
      let rest = value;
      for (let place = at + digits - 1; place >= at; place--) {
        const tens = (rest / 10) | 0;
        bytes[place] = 0x30 + rest - 10 * tens;
        rest = tens;
      }
      at += digits;
    }
    this.#at = at;
  }

  /** 16-bit numbers as four lower-case hex digits, joined by `,`: five characters each at most. */
  hex(values: readonly number[]): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (i > 0) bytes[at++] = COMMA;
      bytes[at++] = hexDigit(value >>> 12);
      bytes[at++] = hexDigit((value >>> 8) & 15);
      bytes[at++] = hexDigit((value >>> 4) & 15);
      bytes[at++] = hexDigit(value & 15);
    }
    this.#at = at;
  }
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The one writer of this room: strings are built one after the other and never across an await. */
export const ascii: AsciiWriter = new AsciiWriter();
