import { escapeUnseen, unseen } from '../unseen.js';

/**
 * Everything from the wire is hostile on its way out too: a server name can hold an escape sequence that repaints a terminal, or a character that
 * turns the rest of the line around. What cannot be seen as itself is written as an escape.
 */

// Printable ASCII without the backslash: nearly every name there is.
const plain = /^[\x20-\x5b\x5d-\x7e]*$/;
// The same without the quote: such a text is its own JSON.
const plainJson = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const unseenOrBackslash = new RegExp(`${unseen.source}|\\\\`, 'gu');

/** A text for people: tables, summaries, log lines. `\x1b`, `\u202e`, `\u{e0041}`; the backslash is doubled, so an escape is never ambiguous. */
export function escapeText(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(unseenOrBackslash, (character) => {
    if (character === '\\') return '\\\\';
    const code = character.codePointAt(0)!;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
    return `\\u{${code.toString(16)}}`;
  });
}

/** A text as JSON (RFC 8259 section 7) that is safe to look at: what {@link escapeText} would escape is written as JSON does. */
export function jsonText(text: string): string {
  return plainJson.test(text) ? `"${text}"` : escapeUnseen(JSON.stringify(text));
}
