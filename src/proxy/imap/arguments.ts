import { latin1 } from '../lines.js';

/** An argument of a command, as RFC 9051 section 4 has them: an atom (NIL too), a string (quoted or literal), or a list of these. */
export type Argument =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly Argument[] };

const SP = 0x20;
const DQUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const BRACE = 0x7b;
const BACKSLASH = 0x5c;
const CR = 13;

/**
 * Reads a command's arguments. As Dovecot, it takes in atoms what a user may have in a password (`%`, `*`, `]`, `\`) and more than one space between two arguments;
 * no octet beyond ASCII outside strings, and NUL nowhere. Lists are not nested: no command before the login has any in another.
 *
 * @param texts what the lines say from the first argument on, without the announcements of literals
 * @param literals those that stand between the texts: one less
 * @returns null where it is no argument list
 */
export function readArguments(texts: readonly Uint8Array[], literals: readonly Uint8Array[]): Argument[] | null {
  const reader = new ArgumentReader();
  for (const [index, text] of texts.entries()) {
    if (!reader.text(text)) return null;
    const literal = literals[index];
    if (literal !== undefined && !reader.add({ kind: 'string', bytes: literal })) return null;
  }
  return reader.end();
}

class ArgumentReader {
  readonly #found: Argument[] = [];
  #list: Argument[] | null = null;
  /** An argument has just ended, so that the next one needs a space before it. */
  #adjoins = false;

  /** @returns false where it cannot be read */
  text(bytes: Uint8Array): boolean {
    let at = 0;
    while (at < bytes.length) {
      const next = this.#one(bytes, at);
      if (next === null) return false;
      at = next;
    }
    return true;
  }

  add(argument: Argument): boolean {
    if (this.#adjoins || (argument.kind === 'string' && argument.bytes.includes(0))) return false;
    (this.#list ?? this.#found).push(argument);
    this.#adjoins = true;
    return true;
  }

  end(): Argument[] | null {
    return this.#list === null ? this.#found : null;
  }

  /** Reads what begins at `at`. @returns the offset behind it, null where it cannot be read */
  #one(bytes: Uint8Array, at: number): number | null {
    switch (bytes[at]) {
      case SP:
        this.#adjoins = false;
        return at + 1;
      case OPEN:
        if (this.#list !== null || this.#adjoins) return null;
        this.#list = [];
        return at + 1;
      case CLOSE:
        return this.#close() ? at + 1 : null;
      case DQUOTE:
        return this.#quoted(bytes, at + 1);
      default:
        return this.#atom(bytes, at);
    }
  }

  #close(): boolean {
    const items = this.#list;
    if (items === null) return false;
    this.#list = null;
    this.#adjoins = false;
    return this.add({ kind: 'list', items });
  }

  /** RFC 9051 section 4.3: `\` stands before `"` and `\` and nothing else; CR, LF and NUL cannot be in it. */
  #quoted(bytes: Uint8Array, start: number): number | null {
    const value = new Uint8Array(bytes.length - start);
    let length = 0;
    for (let at = start; at < bytes.length; at++) {
      let octet = bytes[at]!;
      if (octet === DQUOTE) return this.add({ kind: 'string', bytes: value.slice(0, length) }) ? at + 1 : null;
      if (octet === BACKSLASH) {
        octet = bytes[++at] ?? 0;
        if (octet !== DQUOTE && octet !== BACKSLASH) return null;
      } else if (octet === CR) return null;
      value[length++] = octet;
    }
    return null;
  }

  #atom(bytes: Uint8Array, start: number): number | null {
    let at = start;
    while (at < bytes.length && isAtomOctet(bytes[at]!)) at++;
    if (at === start) return null;
    return this.add({ kind: 'atom', text: latin1(bytes.subarray(start, at)) }) ? at : null;
  }
}

function isAtomOctet(octet: number): boolean {
  if (octet <= SP || octet >= 0x7f) return false;
  return octet !== DQUOTE && octet !== OPEN && octet !== CLOSE && octet !== BRACE;
}

/** RFC 9051 section 9, astring: an atom or a string. null: it is a list, or not there. */
export function astring(argument: Argument | undefined): Uint8Array | null {
  if (argument === undefined || argument.kind === 'list') return null;
  return argument.kind === 'string' ? argument.bytes : new Uint8Array(Buffer.from(argument.text, 'latin1'));
}
