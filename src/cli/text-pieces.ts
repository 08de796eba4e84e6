/** Bytes of a piece: large enough that system calls and messages do not count, small enough to stay in the cache. */
const PIECE = 1 << 18;

/** UTF-8 needs no more bytes than this for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Text as it is made, encoded into pieces of a size that is good to hand on. */
export class TextPieces {
  #open = Buffer.allocUnsafeSlow(PIECE);
  #length = 0;
  #full: Uint8Array[] = [];

  /** Takes text, or its bytes, which are copied. */
  readonly print = (text: string | Uint8Array): void => {
    if (typeof text !== 'string') {
      this.#copy(text);
      return;
    }
    const room = text.length * BYTES_PER_UNIT;
    if (room > PIECE) {
      this.add(Buffer.from(text, 'utf8'));
      return;
    }
    if (this.#length + room > PIECE) this.#turnOver();
    this.#length += this.#open.write(text, this.#length, 'utf8');
  };

  /** Takes what is encoded already; the bytes now belong to the pieces. */
  add(bytes: Uint8Array): void {
    this.#turnOver();
    this.#full.push(bytes);
  }

  /** The pieces that are full. They belong to the caller. */
  takeFull(): readonly Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** The bytes behind the last full piece: a view that the next `print` writes over. */
  takeRest(): Uint8Array {
    const rest = this.#open.subarray(0, this.#length);
    this.#length = 0;
    return rest;
  }

  #copy(bytes: Uint8Array): void {
    if (bytes.length > PIECE) {
      this.add(Buffer.from(bytes));
      return;
    }
    if (this.#length + bytes.length > PIECE) this.#turnOver();
    this.#open.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #turnOver(): void {
    if (this.#length === 0) return;
    this.#full.push(this.#open.subarray(0, this.#length));
    this.#open = Buffer.allocUnsafeSlow(PIECE);
    this.#length = 0;
  }
}
