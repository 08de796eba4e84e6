import type { LabelMatch, Observation } from '../model/index.js';
import { escapeText } from './escape.js';
import type { Field, LabelsOf } from './fields.js';

/** One label in words: `Mutt 2.2.9 (GnuTLS) [ssl_ja3]`. */
function labelText(label: LabelMatch): string {
  const { client, version, tlsLibrary, via } = label;
  return escapeText(`${client}${version && ` ${version}`}${tlsLibrary && ` (${tlsLibrary})`} [${via}]`);
}

/** All labels, one after the other: `Mutt 2.2.9 (GnuTLS) [ssl_ja3]; neomutt …`. */
export const labelTexts = (labels: readonly LabelMatch[]): string => labels.map(labelText).join('; ');

const isLabel = (item: string | LabelMatch): item is LabelMatch => typeof item !== 'string';

/** A field's value in one cell: lists joined by `; `, nothing for null, everything that cannot be seen escaped. */
export function cellText(field: Field, observation: Observation, labelsOf: LabelsOf): string {
  const value = field.value(observation, labelsOf);
  if (value === null) return '';
  if (typeof value === 'object') {
    return value.map((item) => (isLabel(item) ? labelText(item) : escapeText(item))).join('; ');
  }
  return typeof value === 'string' ? escapeText(value) : String(value);
}

/** Distinct texts in the order they first come, letter case aside. */
function distinct(values: Iterable<string>): string[] {
  const seen = new Map<string, string>();
  for (const value of values) {
    const key = value.toLowerCase();
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

/** Labels known in Dovecot's view are few and were made by hand; those known by ja3 are many. The few come first, or they would never be seen. */
const rareFirst = (labels: readonly LabelMatch[]): readonly LabelMatch[] => [
  ...labels.filter((label) => label.via === 'ssl_ja3'),
  ...labels.filter((label) => label.via !== 'ssl_ja3'),
];

/**
 * Many labels in a few words, most of them being members of one family: `Mutt, neomutt … +9 · GnuTLS [ja3, ssl_ja3]`. The version is told where
 * there is one label only. Empty without a label.
 *
 * @param names how many client names to write out
 */
export function labelsText(labels: readonly LabelMatch[], names = 3): string {
  if (labels.length === 0) return '';
  const clients = distinct(rareFirst(labels).map((label) => label.client));
  const shown = clients.slice(0, names).join(', ');
  const only = labels.length === 1 ? labels[0]!.version : '';
  const more = clients.length > names ? ` … +${clients.length - names}` : '';
  // "GnuTLS 3.7.9-2+deb12u7 (through libetpan)" and "GnuTLS" are the same library here.
  const libraries = distinct(labels.map((label) => label.tlsLibrary.split(' ', 1)[0]!).filter((name) => name !== ''));
  const library =
    libraries.length === 0 ? '' : ` · ${libraries.slice(0, 2).join('/')}${libraries.length > 2 ? '/…' : ''}`;
  const via = [...new Set(labels.map((label) => label.via))].sort().join(', ');
  return escapeText(`${shown}${only && ` ${only}`}${more}${library} [${via}]`);
}
