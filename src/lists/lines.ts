import { MAX_LINE_BYTES } from './limits.js';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its LF; a CR before that is still there. Empty where the line could not be read. */
  readonly text: string;
  /** Why it could not. */
  readonly wrong: 'line_too_long' | 'not_utf8' | null;
}

const LF = 0x0a;

/** Cuts bytes into lines. Of an unfinished line no more than MAX_LINE_BYTES are kept. */
export class LineCutter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** Of the line that has not ended yet. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  #number = 0;

  /** The lines these bytes complete. */
  push(bytes: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#keep(bytes.subarray(start, end));
      lines.push(this.#line());
      start = end + 1;
    }
    // A copy, which slice() of a Buffer is not: the caller may use its buffer again.
    if (start < bytes.length) this.#keep(Uint8Array.from(bytes.subarray(start)));
    return lines;
  }

  /** The last line, where it has no LF. */
  end(): Line[] {
    return this.#length === 0 ? [] : [this.#line()];
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length <= MAX_LINE_BYTES) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  #line(): Line {
    const pieces = this.#pieces;
    const tooLong = this.#length > MAX_LINE_BYTES;
    this.#number++;
    this.#pieces = [];
    this.#length = 0;
    if (tooLong) return { number: this.#number, text: '', wrong: 'line_too_long' };
    try {
      const text = this.#decoder.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
      const bom = this.#number === 1 && text.startsWith('\uFEFF');
      return { number: this.#number, text: bom ? text.slice(1) : text, wrong: null };
    } catch {
      return { number: this.#number, text: '', wrong: 'not_utf8' };
    }
  }
}
