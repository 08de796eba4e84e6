import { fromLatin1, LineBuffer, latin1 } from '../lines.js';

/** RFC 5804 section 4: atoms (numbers among them), strings however they are spelled, and the parentheses around a response's code. */
export type Token =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: '(' | ')' };

/** A command, a capability, a challenge or a response: a line, with the literals it announces and the lines behind them. */
export interface Sentence {
  readonly tokens: readonly Token[];
  /** As it came, with CRLF at the ends of its lines. */
  readonly raw: Uint8Array;
}

/**
 * `malformed`: a line that is none of this; it has been taken. `too_long`: there is no way on, since a literal that is not waited for cannot be told from what follows
 * it.
 */
export type SentenceRead = Sentence | 'more' | 'too_long' | 'malformed';

const CRLF = fromLatin1('\r\n');
const STRING = /"((?:[^"\\]|\\["\\])*)"/y;
/** RFC 5804 section 4: a `+` from clients; who leaves it out waits for nothing either. */
const LITERAL = /\{(\d{1,10})\+?\}$/y;
/** Printable, but for `"`, `(`, `)`, `\`, `{`, `}`. */
const ATOM = /[!#-'*-[\]-z|~]+/y;

interface Words {
  readonly tokens: readonly Token[];
  /** Octets of the literal that the line announces at its end. */
  readonly literal: number | null;
}

/** Takes a line apart; null: malformed. */
function words(line: string): Words | null {
  // No string may have them unless it is a literal, and nothing else may.
  if (line.includes('\0') || line.includes('\r')) return null;
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found !== null) at += found[0].length;
    return found;
  };
  while (at < line.length) {
    const first = line[at]!;
    if (first === ' ') at++;
    else if (first === '(' || first === ')') {
      tokens.push({ kind: first });
      at++;
    } else if (first === '"') {
      const text = take(STRING)?.[1];
      if (text === undefined) return null;
      tokens.push({ kind: 'string', bytes: fromLatin1(text.replace(/\\(.)/g, '$1')) });
    } else if (first === '{') {
      const size = take(LITERAL)?.[1];
      return size === undefined ? null : { tokens, literal: Number(size) };
    } else {
      const text = take(ATOM)?.[0];
      if (text === undefined) return null;
      tokens.push({ kind: 'atom', text });
    }
  }
  return { tokens, literal: null };
}

/** Cuts one side of a ManageSieve dialogue into sentences. */
export class SentenceReader {
  readonly #lines: LineBuffer;
  readonly #maxOctets: number;
  #tokens: Token[] = [];
  #raw: Uint8Array[] = [];
  #octets = 0;
  /** Octets of the literal that is due. */
  #literal: number | null = null;

  /** @param maxOctets of one sentence, its literals included; as much again may wait */
  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
    this.#lines = new LineBuffer(maxOctets);
  }

  /** Bytes that have come and were not taken. */
  get held(): number {
    return this.#lines.held;
  }

  /** More waits than may. */
  get overfull(): boolean {
    return this.#lines.overfull;
  }

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  /** Takes the next sentence. `too_long` as soon as that is certain. */
  next(): SentenceRead {
    for (;;) {
      if (this.#literal !== null) {
        const bytes = this.#lines.literal(this.#literal);
        if (bytes === null) return 'more';
        this.#literal = null;
        this.#tokens.push({ kind: 'string', bytes });
        this.#raw.push(bytes);
      }
      const line = this.#lines.line();
      if (line === 'more' || line === 'too_long') return line;
      const read = words(latin1(line));
      if (read === null) {
        this.#forget();
        return 'malformed';
      }
      this.#tokens.push(...read.tokens);
      this.#raw.push(line, CRLF);
      this.#octets += line.length + (read.literal ?? 0);
      if (this.#octets > this.#maxOctets) return 'too_long';
      if (read.literal === null) return this.#whole();
      this.#literal = read.literal;
    }
  }

  /** Takes all there is behind the last sentence. */
  rest(): Uint8Array {
    return this.#lines.rest();
  }

  /** Throws away all there is, an unfinished sentence too. */
  discard(): void {
    this.#lines.discard();
    this.#forget();
  }

  #whole(): Sentence {
    const sentence = { tokens: this.#tokens, raw: new Uint8Array(Buffer.concat(this.#raw)) };
    this.#forget();
    return sentence;
  }

  #forget(): void {
    this.#tokens = [];
    this.#raw = [];
    this.#octets = 0;
    this.#literal = null;
  }
}
