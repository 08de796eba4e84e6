import type { ClientHello } from '../../model/index.js';
import type { SentLists } from '../ja3-derivation.js';
import type { Ja4Derivation } from '../types.js';
import type { Surroundings } from './deviations.js';
import { compareJa4, JA4 } from './ja4.js';
import { searchMd5 } from './search.js';
import type { AgainstResult } from './types.js';

export interface AgainstSubject {
  readonly sent: SentLists;
  readonly around: Surroundings;
  /** null of a ja3 string. */
  readonly hello: ClientHello | null;
  readonly ja4: Ja4Derivation | null;
}

const MD5 = /^[0-9a-f]{32}$/i;

/** Is this a fingerprint's hash: an MD5 in hex, or a ja4 (a_b_c)? */
export function isFingerprintHash(text: string): boolean {
  return MD5.test(text) || JA4.test(text);
}

/** How another tool's hash of the same hello may have come about. */
export function against(hash: string, { sent, around, hello, ja4 }: AgainstSubject): AgainstResult {
  if (MD5.test(hash)) return searchMd5(hash.toLowerCase(), sent, around);
  if (hello === null || ja4 === null) return { hash, matches: [], parts: [], tried: 0, complete: true };
  return compareJa4(hash, ja4, hello);
}
