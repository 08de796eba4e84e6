import { fromLatin1, LineBuffer, latin1 } from '../lines.js';
import { MAX_REPLY, MAX_REPLY_LINE, MAX_REPLY_LINES } from './limits.js';

/** A whole reply of a server. */
export interface Reply {
  readonly code: number;
  /** Its lines behind the code. */
  readonly texts: readonly string[];
  /** Its lines as they came, each with CRLF. */
  readonly bytes: Uint8Array;
}

/** RFC 5321 section 4.2.1. A bare CR, or a NUL, could be the end of a line to the client. */
const REPLY_LINE = /^([2-5]\d\d)(?:([ -])([^\r\0]*))?$/;

/** Collects replies of several lines. What it has read counts once the last line is there. */
export class ReplyReader {
  readonly #buffer = new LineBuffer(MAX_REPLY_LINE);
  #lines: string[] = [];
  #texts: string[] = [];
  #length = 0;

  push(bytes: Uint8Array): void {
    this.#buffer.push(bytes);
  }

  /** Bytes have come behind the last reply that was taken. */
  get more(): boolean {
    return this.#buffer.held > 0;
  }

  /** `invalid`: what came is no reply, or one longer than replies may be; nothing after it can be trusted. */
  next(): Reply | 'more' | 'invalid' {
    for (;;) {
      const line = this.#buffer.line();
      if (line === 'more') return 'more';
      if (line === 'too_long') return 'invalid';
      const text = latin1(line);
      const parts = REPLY_LINE.exec(text);
      // RFC 5321 section 4.2.1: all lines of a reply have the same code.
      if (parts === null || (this.#lines.length > 0 && !this.#lines[0]!.startsWith(parts[1]!))) return 'invalid';
      this.#lines.push(text);
      this.#texts.push(parts[3] ?? '');
      this.#length += line.length;
      if (this.#lines.length > MAX_REPLY_LINES || this.#length > MAX_REPLY) return 'invalid';
      if (parts[2] !== '-') return this.#takeReply(Number(parts[1]));
    }
  }

  /** Takes what has come and was not read. */
  rest(): Uint8Array {
    return this.#buffer.rest();
  }

  #takeReply(code: number): Reply {
    const reply = { code, texts: this.#texts, bytes: fromLatin1(this.#lines.map((line) => `${line}\r\n`).join('')) };
    this.#lines = [];
    this.#texts = [];
    this.#length = 0;
    return reply;
  }
}

/** Its words for a log: one line, without RFC 3463's codes, and of a length a log bears. */
export function wordsOf(reply: Reply): string {
  return reply.texts
    .map((text) => text.replace(/^[245]\.\d{1,3}\.\d{1,3}(?: |$)/, ''))
    .join(' ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 400);
}
