import type { Ja3Lists } from '../fingerprint/index.js';
import type { LabelRow, LabelVia } from '../model/index.js';
import { familyOf } from './family.js';
import { listsOfString, withoutGreaseLists } from './lists.js';
import { isMatched } from './quality.js';

/** One value of the index, with everybody who is known under it. */
export interface KnownHello {
  readonly view: LabelVia;
  readonly hash: string;
  /** null where only the hash is known, or the string breaks its form. For ja4 this is ja4_r. */
  readonly string: string | null;
  /** Of a ja3 or ssl_ja3 string, GREASE taken out. */
  readonly lists: Ja3Lists | null;
  readonly labels: readonly LabelRow[];
  /** Families its labels name, each once. */
  readonly families: readonly string[];
}

/** The labels by value, in the order values first appear. Those that are never matched are left out. */
export function knownHellos(labels: Iterable<LabelRow>): readonly KnownHello[] {
  const byValue = new Map<string, LabelRow[]>();
  for (const label of labels) {
    if (!isMatched(label)) continue;
    const key = `${label.view} ${label.hash}`;
    const others = byValue.get(key);
    if (others === undefined) byValue.set(key, [label]);
    else others.push(label);
  }
  return Array.from(byValue.values(), knownHello);
}

function knownHello(labels: readonly LabelRow[]): KnownHello {
  const { view, hash } = labels[0]!;
  const string = labels.find((label) => label.string !== null)?.string ?? null;
  const lists = string === null || view === 'ja4' ? null : listsOfString(string);
  return {
    view,
    hash,
    string: lists === null && view !== 'ja4' ? null : string,
    lists: lists === null ? null : withoutGreaseLists(lists),
    labels,
    families: [...new Set(labels.map((label) => familyOf(label.tlsLibrary)).filter((family) => family !== null))],
  };
}
