import { fromLatin1, type LineBuffer, latin1 } from '../lines.js';
import { MAX_BACKEND_LINE, MAX_TEXT } from './limits.js';

/** What a server says, as far as it matters before the login (RFC 9051 section 7). */
export type Response =
  /** `+`: a challenge, or leave for a literal. */
  | { readonly kind: 'continue'; readonly text: string }
  /** A status with its response code (in capitals, `UNAVAILABLE`), what that holds besides, and the words for people. `tag` is `*` where it is untagged. */
  | {
      readonly kind: 'status';
      readonly tag: string;
      readonly status: 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH';
      readonly code: string | null;
      readonly codeData: string;
      readonly text: string;
    }
  /** Untagged data. `name` in capitals. */
  | { readonly kind: 'data'; readonly name: string; readonly text: string }
  /** Nothing an IMAP server says. */
  | { readonly kind: 'unknown' };

const STATUS = /^([^ +*][^ ]*|\*) (OK|NO|BAD|BYE|PREAUTH)(?: (.*))?$/is;
/** RFC 9051 section 9, resp-text: a code in brackets, then words. */
const CODE = /^\[([^ \]]+)(?: ([^\]]*))?\] ?(.*)$/s;
const DATA = /^\* ([^ ]+)(?: (.*))?$/s;

/** @param line without its end, one character a byte */
export function readResponse(line: string): Response {
  if (line === '+' || line.startsWith('+ ')) return { kind: 'continue', text: line.slice(2) };
  const status = STATUS.exec(line);
  if (status !== null) {
    const [, tag = '', word = '', rest = ''] = status;
    const code = CODE.exec(rest);
    return {
      kind: 'status',
      tag,
      status: word.toUpperCase() as 'OK',
      code: code?.[1]?.toUpperCase() ?? null,
      codeData: code?.[2] ?? '',
      text: code === null ? rest : (code[3] ?? ''),
    };
  }
  const data = DATA.exec(line);
  return data === null ? { kind: 'unknown' } : { kind: 'data', name: data[1]!.toUpperCase(), text: data[2] ?? '' };
}

/** A server's words for a log: one line, of printable ASCII, not too long. */
export function plainText(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, MAX_TEXT)
    .trim();
}

/** Untagged data may announce a literal at its line's end; the text of a status never does. */
const ANNOUNCED = /^\* (?!(?:OK|NO|BAD|BYE|PREAUTH)\b).*\{(\d{1,10})\}$/is;
const CONTINUED = /\{(\d{1,10})\}$/;

/** A whole response, literals and all. */
export interface Received {
  /** Its first line. */
  readonly line: string;
  /** All of it, as it is for a client. */
  readonly bytes: Uint8Array;
}

/** Puts a server's lines and literals together to responses. */
export class ResponseReader {
  readonly #lines: LineBuffer;
  #first: string | null = null;
  #parts: Uint8Array[] = [];
  #literal: number | null = null;

  constructor(lines: LineBuffer) {
    this.#lines = lines;
  }

  /** `too_long`: a line or a literal is longer than one of a backend may be. */
  next(): Received | 'more' | 'too_long' {
    for (;;) {
      if (this.#literal !== null) {
        const literal = this.#lines.literal(this.#literal);
        if (literal === null) return 'more';
        this.#parts.push(literal);
        this.#literal = null;
      }
      const bytes = this.#lines.line();
      if (typeof bytes === 'string') return bytes;
      const line = latin1(bytes);
      const announced = (this.#first === null ? ANNOUNCED : CONTINUED).exec(line);
      this.#first ??= line;
      this.#parts.push(bytes, CRLF);
      if (announced === null) return this.#end(this.#first);
      this.#literal = Number(announced[1]);
      if (this.#literal > MAX_BACKEND_LINE) return 'too_long';
    }
  }

  #end(line: string): Received {
    const bytes = Buffer.concat(this.#parts);
    this.#first = null;
    this.#parts = [];
    return { line, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) };
  }
}

const CRLF = fromLatin1('\r\n');
