import type { ClientId } from '../../model/index.js';
import { MAX_CLIENT_ID, MAX_CLIENT_ID_PAIRS } from './limits.js';

/** A quoted string with its escapes (RFC 3501 section 9), or NIL, and the space behind it. */
const item = /(?:"((?:[^"\\]|\\.)*)"|(NIL))(?: +|$)/iy;

/**
 * Reads the IMAP ID as Dovecot keeps it: `"name" "Mu\"tt" "os" NIL` (RFC 2971 section 3.1, without the parentheses).
 *
 * @returns the pairs up to where it is no such list any more; null where there are none
 */
export function readClientId(text: string): ClientId | null {
  const pairs: (readonly [string, string | null])[] = [];
  const list = text.slice(0, MAX_CLIENT_ID);
  item.lastIndex = 0;
  while (pairs.length < MAX_CLIENT_ID_PAIRS && item.lastIndex < list.length) {
    const name = nextItem(list);
    if (typeof name !== 'string') break;
    const value = nextItem(list);
    if (value === undefined) break;
    pairs.push([name, value]);
  }
  return pairs.length > 0 ? pairs : null;
}

/** null: NIL; undefined: nothing that belongs there. */
function nextItem(list: string): string | null | undefined {
  const found = item.exec(list);
  if (found === null) return undefined;
  return found[1] === undefined ? null : found[1].replace(/\\(.)/gs, '$1');
}
