import { fromLatin1, latin1 } from '../lines.js';
import { MAX_QUOTED } from './limits.js';

/** Octets that a quoted string cannot have (RFC 5804 section 4, SAFE-UTF8-CHAR), escaped or not. */
const UNQUOTABLE = [0, 0x0a, 0x0d];

/**
 * A string in Latin-1, quoted where it may be, a literal otherwise.
 *
 * @param from clients mark their literals as ones that wait for nothing (`{n+}`)
 */
export function spellString(bytes: Uint8Array, from: 'client' | 'server'): string {
  const text = latin1(bytes);
  const quotable = bytes.length <= MAX_QUOTED && !bytes.some((octet) => UNQUOTABLE.includes(octet));
  if (quotable) return quoted(text);
  return `{${bytes.length}${from === 'client' ? '+' : ''}}\r\n${text}`;
}

/** @param text of characters that may be quoted */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

export function send(...lines: readonly string[]): { readonly step: 'send'; readonly bytes: Uint8Array } {
  return { step: 'send', bytes: fromLatin1(lines.map((line) => `${line}\r\n`).join('')) };
}
