const LF = 10;
const CR = 13;

/** A line, whole, without its end; or why there is none yet: its end has not come, or it is longer than lines may be. */
export type Line = Uint8Array | 'more' | 'too_long';

/**
 * Cuts the bytes of one side of a dialogue into lines, and into literals where a line announces one. A line ends with LF, with or without CR before it:
 * mail servers and clients take both. What else is in a line (a bare CR, NUL, bytes that are no ASCII) is its reader's business.
 *
 * What comes out does not depend on how the bytes came in. What has come out is overwritten in here, for it may have been a password; whoever takes it owns it.
 */
export class LineBuffer {
  /** Bytes of a line before its LF. */
  readonly #maxLine: number;
  /** Bytes that may wait while nothing is taken. */
  readonly #maxKept: number;
  #bytes = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Up to here no LF was found. */
  #searched = 0;

  constructor(maxLine: number, maxKept: number = 2 * maxLine) {
    this.#maxLine = maxLine;
    this.#maxKept = maxKept;
  }

  /** Bytes that have come and were not taken. */
  get held(): number {
    return this.#end - this.#start;
  }

  /** More has come than may wait. To be asked when everything that can be taken has been: a piece may bring more than that, if most of it is used at once. */
  get overfull(): boolean {
    return this.held > this.#maxKept;
  }

  /** Adds what has come. It is copied. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Takes the next line. `too_long` as soon as that is certain, and from then on. */
  line(): Line {
    const lf = this.#bytes.subarray(0, this.#end).indexOf(LF, this.#searched);
    this.#searched = lf < 0 ? this.#end : lf;
    if (this.#searched - this.#start > this.#maxLine) return 'too_long';
    if (lf < 0) return 'more';
    const withCr = lf > this.#start && this.#bytes[lf - 1] === CR;
    return this.#takeTo(withCr ? lf - 1 : lf, lf + 1);
  }

  /** Takes `count` bytes as they are, line ends and all; null while not all of them have come. That so many may wait is for the caller to know. */
  literal(count: number): Uint8Array | null {
    if (this.held < count) return null;
    return this.#takeTo(this.#start + count, this.#start + count);
  }

  /** Takes all there is. */
  rest(): Uint8Array {
    return this.#takeTo(this.#end, this.#end);
  }

  /** Throws away all there is, an unfinished line too: what came in clear behind STARTTLS must not be read inside TLS. */
  discard(): void {
    this.rest().fill(0);
  }

  /** A copy up to `end`; the bytes up to `next` are done with. */
  #takeTo(end: number, next: number): Uint8Array {
    const taken = this.#bytes.slice(this.#start, end);
    this.#bytes.fill(0, this.#start, next);
    this.#start = next;
    this.#searched = next;
    // Back to the front when empty, and nothing is kept for a connection that waits.
    if (this.#start === this.#end) {
      this.#bytes = new Uint8Array(0);
      this.#start = this.#end = this.#searched = 0;
    }
    return taken;
  }

  #makeRoom(count: number): void {
    const held = this.held;
    const old = this.#bytes;
    // Twice what is needed, so that bytes that come one by one are not copied each time.
    const room = new Uint8Array(Math.max(2 * (held + count), 128));
    room.set(old.subarray(this.#start, this.#end));
    old.fill(0);
    this.#bytes = room;
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = held;
  }
}

/** Bytes as text, one character a byte: no decoding can fail, and {@link fromLatin1} gives the same bytes back. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Text whose characters are bytes (up to U+00FF) as those bytes. */
export function fromLatin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
