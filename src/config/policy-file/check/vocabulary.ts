import type { Conditions } from '../../../policy/index.js';
import { familyNames } from '../../../recognize/index.js';
import { nearMiss } from '../../near-miss.js';
import type { KeyPath } from '../../problems.js';
import type { Report } from '../../report.js';
import { alternatives, quoted } from '../../shown.js';

/** Of labels (see `LabelRow.kind` of the model). */
const KINDS = ['user agent', 'library', 'server', 'audit tool', 'http', 'malware'] as const;

/** Services of Dovecot, and what weakforced knows besides. */
const PROTOCOLS = ['imap', 'pop3', 'submission', 'sieve', 'smtp', 'lmtp', 'http', 'doveadm', 'mobileapi'] as const;

/** What they are called elsewhere. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['managesieve', 'sieve'],
  ['imaps', 'imap'],
  ['pop3s', 'pop3'],
  ['pop', 'pop3'],
  ['submissions', 'submission'],
  ['smtps', 'submission'],
]);

/** Words that anybody may add to, by labels or services of their own: what is near a known one is a slip, what is not is worth a second look. */
export function checkWords(conditions: Conditions, path: KeyPath, report: Report): void {
  const { family = [], kind = [], protocol = [] } = conditions;
  for (const [i, word] of family.entries()) {
    checkWord(word, familyNames, { path: placeOf(path, 'family', i, report), what: 'TLS library', report });
  }
  for (const [i, word] of kind.entries()) {
    checkWord(word, KINDS, { path: placeOf(path, 'kind', i, report), what: 'kind of labels', report });
  }
  for (const [i, word] of protocol.entries()) {
    checkWord(word, PROTOCOLS, { path: placeOf(path, 'protocol', i, report), what: 'protocol', report });
  }
}

/** A single value may stand without a list. */
function placeOf(path: KeyPath, key: string, i: number, report: Report): KeyPath {
  const member = [...path, key, i];
  return report.has(member) ? member : [...path, key];
}

interface Place {
  readonly path: KeyPath;
  readonly what: string;
  readonly report: Report;
}

function checkWord(word: string, known: readonly string[], { path, what, report }: Place): void {
  const plain = word.toLowerCase();
  if (known.some((each) => each.toLowerCase() === plain)) return;
  const meant = OTHER_NAMES.get(plain) ?? nearMiss(plain.replaceAll('_', ' '), known) ?? nearMiss(plain, known);
  if (meant !== null) report.error(path, `there is no ${what} ${quoted(word)}; is ${meant} meant?`);
  else report.warning(path, `${quoted(word)} is no ${what} that comes with the program: ${alternatives(known, 'and')}`);
}
