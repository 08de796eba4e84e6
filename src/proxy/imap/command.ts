import { type LineBuffer, latin1 } from '../lines.js';
import type { Argument } from './arguments.js';
import { MAX_TAG } from './limits.js';

/** A command as a client wrote it, its literals in place. */
export interface Command<A = readonly Argument[]> {
  /**
   * null where it is none, and must not be repeated to the client: what speaks here may be no IMAP client at all. A word alone is none either: a SASL response that
   * nobody asked for looks like that.
   */
  readonly tag: string | null;
  /** In capitals; empty where there is none. */
  readonly name: string;
  /** null where they are no argument list. */
  readonly arguments: A | null;
}

/**
 * Reads what stands behind a command's name: `readArguments` before the login. The texts are overwritten afterwards.
 *
 * @returns null where it cannot be read
 */
export type ReadArguments<A> = (texts: readonly Uint8Array[], literals: readonly Uint8Array[]) => A | null;

/**
 * What comes next: a command; `more`: it has not come; `invite`: a literal waits for leave, to be given at once; `too_long`: the command is longer than one may be;
 * `literal_too_long`: it announces a literal that would make it so.
 */
export type CommandEvent<A = readonly Argument[]> = Command<A> | 'more' | 'invite' | 'too_long' | 'literal_too_long';

/** RFC 9051 section 4.3 and RFC 7888: a literal is announced at its line's end; with `+` it does not wait for leave. `~`: RFC 3516's literal8. */
const ANNOUNCED = /(?:^|[ (])(~?)\{(\d{1,10})(\+?)\}$/;
/** `~{4294967295+}` and what stands before it. */
const LONGEST_ANNOUNCEMENT = 15;

/** RFC 9051 section 9, tag, without `]`, which Dovecot does not take in one. */
const TAG = /^[!#$&',\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/;

const SP = 0x20;
const NOTHING = new Uint8Array();

/** Puts a client's lines and literals together to commands. */
export class CommandReader<A = readonly Argument[]> {
  readonly #lines: LineBuffer;
  readonly #maxSize: number;
  readonly #read: ReadArguments<A>;
  #texts: Uint8Array[] = [];
  #literals: Uint8Array[] = [];
  /** Octets of the command up to now, line ends included. */
  #size = 0;
  /** Length of the literal that comes next. */
  #literal: number | null = null;
  /** It holds a literal8, which no command before the login takes. */
  #broken = false;

  constructor(lines: LineBuffer, maxSize: number, read: ReadArguments<A>) {
    this.#lines = lines;
    this.#maxSize = maxSize;
    this.#read = read;
  }

  next(): CommandEvent<A> {
    for (;;) {
      if (this.#literal !== null) {
        const literal = this.#lines.literal(this.#literal);
        if (literal === null) return 'more';
        this.#literals.push(literal);
        this.#literal = null;
      }
      const line = this.#lines.line();
      if (typeof line === 'string') return line;
      const event = this.#line(line);
      if (event !== null) return event;
    }
  }

  /** Forgets a command that has begun. */
  reset(): void {
    for (const text of this.#texts) text.fill(0);
    this.#texts = [];
    this.#literals = [];
    this.#size = 0;
    this.#literal = null;
    this.#broken = false;
  }

  /** null: the literal behind it is on its way. */
  #line(line: Uint8Array): CommandEvent<A> | null {
    this.#size += line.length + 2;
    if (this.#size > this.#maxSize + 2) return 'too_long';
    const announced = ANNOUNCED.exec(latin1(line.subarray(-LONGEST_ANNOUNCEMENT)));
    if (announced === null) return this.#end(line);
    const [, literal8, digits, withoutLeave] = announced;
    if (literal8 === '~') {
      this.#broken = true;
      if (withoutLeave === '') return this.#end(line);
    }
    const length = Number(digits);
    this.#size += length;
    if (this.#size > this.#maxSize) return 'literal_too_long';
    this.#literal = length;
    this.#texts.push(line.subarray(0, line.lastIndexOf(literal8 === '~' ? 0x7e : 0x7b)));
    return withoutLeave === '' ? 'invite' : null;
  }

  #end(line: Uint8Array): Command<A> {
    this.#texts.push(line);
    const first = this.#texts[0]!;
    const [tag, nameAt] = word(first, 0);
    const [name, argumentsAt] = word(first, nameAt);
    const command: Command<A> = {
      tag: TAG.test(tag) && tag.length <= MAX_TAG && name !== '' ? tag : null,
      name: name.toUpperCase(),
      arguments: this.#broken
        ? null
        : this.#read([first.subarray(argumentsAt), ...this.#texts.slice(1)], this.#literals),
    };
    this.reset();
    return command;
  }
}

/** The word that begins at `at`, and the offset behind the space that ends it. Not longer than a tag may be and one more: what is, is none. */
function word(line: Uint8Array, at: number): readonly [word: string, next: number] {
  const space = line.indexOf(SP, at);
  const end = space < 0 ? line.length : space;
  return [
    latin1(at > end ? NOTHING : line.subarray(at, Math.min(end, at + MAX_TAG + 1))),
    space < 0 ? line.length : end + 1,
  ];
}
