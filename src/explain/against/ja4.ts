import { sha256Prefix } from '../../fingerprint/index.js';
import type { ClientHello } from '../../model/index.js';
import { MAX_HASHED_CHARACTERS } from '../limits.js';
import type { Ja4Derivation } from '../types.js';
import { whyPartA } from './ja4-a.js';
import { cipherVariants, extensionVariants, type Variant } from './ja4-lists.js';
import type { AgainstResult, Deviation, Ja4PartAgainst } from './types.js';

/** `a_b_c` of a TLS client. */
export const JA4 = /^[tqd][0-9a-z]{2}[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/i;

/** Compares another tool's ja4 with ours part by part, and says of each part that differs what makes it so. */
export function compareJa4(theirs: string, ours: Ja4Derivation, hello: ClientHello): AgainstResult {
  // Only the ALPN characters tell capitals apart.
  const [a = '', b = '', c = ''] = theirs.split('_');
  const parts: Ja4PartAgainst[] = [];
  let tried = 0;
  let characters = 0;
  let complete = true;
  const hashed = (part: string, own: string, other: string, variants: Iterable<Variant>): Variant | null => {
    if (own === other) return null;
    let found: Variant | null = null;
    for (const variant of variants) {
      if (characters > MAX_HASHED_CHARACTERS) {
        complete = false;
        break;
      }
      tried++;
      characters += variant.input.length;
      if (sha256Prefix(variant.input) !== other) continue;
      found = variant;
      break;
    }
    parts.push({ part, ours: own, theirs: other, deviations: found?.deviations ?? [] });
    return found;
  };
  hashed('b', ours.b.hash, b.toLowerCase(), cipherVariants(hello));
  const missing = hashed('c', ours.c.hash, c.toLowerCase(), extensionVariants(hello))?.missing ?? [];
  const inA: Ja4PartAgainst[] = [];
  let at = 0;
  for (const { name, text: own } of ours.a) {
    const text = a.slice(at, at + own.length);
    at += own.length;
    tried++;
    if (text !== own)
      inA.push({ part: name, ours: own, theirs: text, deviations: whyPartA(name, text, hello, missing) });
  }
  parts.unshift(...inA);
  const explained = parts.every((part) => part.deviations.length > 0);
  return {
    hash: theirs,
    matches: explained
      ? [{ view: 'ja4', deviations: distinct(parts.flatMap((part) => part.deviations)), string: ours.string }]
      : [],
    parts,
    tried,
    complete,
  };
}

function distinct(deviations: readonly Deviation[]): Deviation[] {
  return [...new Map(deviations.map((one) => [one.text, one])).values()];
}
