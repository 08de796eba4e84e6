import type { Argument } from '../imap/arguments.js';
import { namesMessage } from './sequence-set.js';

/** Keys of RFC 9051 section 6.4.4 (and RFC 3501's) that ask for a flag, or for its absence. No message is \Recent or \Deleted here. */
const FLAG_KEYS: ReadonlyMap<string, readonly [flag: string, wanted: boolean]> = new Map([
  ['SEEN', ['\\Seen', true]],
  ['UNSEEN', ['\\Seen', false]],
  ['ANSWERED', ['\\Answered', true]],
  ['UNANSWERED', ['\\Answered', false]],
  ['FLAGGED', ['\\Flagged', true]],
  ['UNFLAGGED', ['\\Flagged', false]],
  ['DRAFT', ['\\Draft', true]],
  ['UNDRAFT', ['\\Draft', false]],
  ['DELETED', ['\\Deleted', true]],
  ['UNDELETED', ['\\Deleted', false]],
  ['RECENT', ['\\Recent', true]],
  ['NEW', ['\\Recent', true]],
  ['OLD', ['\\Recent', false]],
]);

/**
 * Whether the only message, number and UID 1, fits: by flags, numbers, and NOT.
 *
 * @returns null where something else is asked for
 */
export function matches(criteria: readonly Argument[], flags: ReadonlySet<string>): boolean | null {
  const words = criteria.map((argument) => (argument.kind === 'atom' ? argument.text.toUpperCase() : ''));
  let at = words[0] === 'CHARSET' ? 2 : 0;
  if (at >= words.length) return null;
  let fits = true;
  while (at < words.length) {
    let negated = false;
    for (; words[at] === 'NOT'; at++) negated = !negated;
    const word = words[at] ?? '';
    const found = word === 'UID' ? namesMessage(words[++at] ?? '') : key(word, flags);
    if (found === null) return null;
    fits &&= found !== negated;
    at++;
  }
  return fits;
}

function key(word: string, flags: ReadonlySet<string>): boolean | null {
  if (word === 'ALL') return true;
  const flag = FLAG_KEYS.get(word);
  return flag === undefined ? namesMessage(word) : flags.has(flag[0]) === flag[1];
}
