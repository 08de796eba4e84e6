import { MAX_SHOWN } from './limits.js';
import type { KeyPath } from './problems.js';

/** Keys whose values are nobody's business, also where they are misplaced or misspelt. */
const secretKey = /^key$|^nonce$|api[-_]?(?:key|header)|pass(?:word|wd|phrase)|secret|token|credential/i;

/** Something that is a secret wherever it stands: a key that was pasted in, the user part of an address. */
const secretText = /-----BEGIN|:\/\/[^/]*@|\n/;

const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text of the file for a message: in quotes, shortened, nothing in it that a terminal obeys. */
export function quoted(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `"${short.replace(control, '�')}"`;
}

/** A value for a message: what it is, or what kind of thing where it is long or secret. */
export function shown(value: unknown, path: KeyPath): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const secret = path.some((step) => typeof step === 'string' && secretKey.test(step));
  if (secret || (typeof value === 'string' && secretText.test(value))) return 'what stands there (not shown)';
  if (typeof value === 'string') return value === '' ? 'an empty text' : quoted(value);
  return String(value as number | boolean | bigint);
}

/** `a, b or c` */
export function alternatives(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)!}`;
}
