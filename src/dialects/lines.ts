import type { Opening } from './dialect.js';
import { MAX_OPENING } from './limits.js';
import { NEED_MORE, NOT_THIS } from './turns.js';

const LF = 10;
const CR = 13;
const TAB = 9;
const WHITESPACE = [TAB, LF, CR];

/**
 * Offset behind the line that starts at `at`. A line ends with LF, with or without the CR before it: servers accept both. None begins with a control
 * character: a TLS record does (clients send a hello to servers that greet in clear).
 */
export function lineEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (bytes[at]! < 0x20 && !WHITESPACE.includes(bytes[at]!)) return NOT_THIS;
  const lf = bytes.indexOf(LF, at);
  if (lf < 0) return bytes.length - at >= limit ? NOT_THIS : NEED_MORE;
  return lf + 1 - at > limit ? NOT_THIS : lf + 1;
}

/** The line between two offsets, one character a byte, without its CR LF. */
export function lineText(bytes: Uint8Array, at: number, end: number): string {
  let last = end;
  if (last > at && bytes[last - 1] === LF) last--;
  if (last > at && bytes[last - 1] === CR) last--;
  return latin1(bytes, at, last);
}

export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

/** The first word of a command line in upper case: verbs are case-insensitive in every protocol here. */
export function verbOf(line: string): string {
  return (/^[^ \t]*/.exec(line)?.[0] ?? '').toUpperCase();
}

/** Do the bytes begin with this ASCII text, in either case? `more` while they are a proper prefix of it. `text` is in upper case. */
export function startsWith(bytes: Uint8Array, text: string, at = 0): Opening {
  const count = Math.min(bytes.length - at, text.length);
  for (let i = 0; i < count; i++) {
    const byte = bytes[at + i]!;
    const upper = byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte;
    if (upper !== text.charCodeAt(i)) return 'no';
  }
  return count === text.length ? 'yes' : 'more';
}

/** The best answer of several: `yes` before `more` before `no`. */
export function anyOf(answers: readonly Opening[]): Opening {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('more') ? 'more' : 'no';
}

/** Commands that say nothing of their protocol, and after which the next line is a command again. */
const IDLE = new Set(['NOOP', 'HELP']);

/**
 * What a client's first lines say of a protocol of verbs: a verb in `own` is a `yes`, one in `shared` (with another protocol) leaves it open, any
 * other is a `no`. Lines behind NOOP and HELP are looked at too; what follows any other verb may be no command (STARTTLS, AUTHENTICATE).
 */
export function opensWithVerb(bytes: Uint8Array, own: ReadonlySet<string>, shared: ReadonlySet<string>): Opening {
  let at = 0;
  while (at < bytes.length) {
    const end = lineEnd(bytes, at, MAX_OPENING);
    if (end === NOT_THIS) return 'no';
    const line = lineText(bytes, at, end === NEED_MORE ? bytes.length : end);
    const verb = verbOf(line);
    if (end === NEED_MORE && verb.length === line.length) {
      // The verb itself may be unfinished.
      for (const words of [own, shared]) for (const word of words) if (word.startsWith(verb)) return 'more';
      return 'no';
    }
    if (own.has(verb)) return 'yes';
    if (!shared.has(verb)) return 'no';
    if (end === NEED_MORE || !IDLE.has(verb)) return 'more';
    at = end;
  }
  return 'more';
}
