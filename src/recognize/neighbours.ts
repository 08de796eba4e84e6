import type { HelloDifference, LabelRow, LabelVia } from '../model/index.js';
import { differenceOf } from './difference.js';
import { comparable } from './list-index.js';
import type { Scored } from './section.js';
import type { Subject } from './subject.js';

/** A known hello near another one. */
export interface Neighbour {
  readonly view: LabelVia;
  readonly hash: string;
  readonly string: string | null;
  /** Everybody known under that value. */
  readonly labels: readonly LabelRow[];
  /** Weighted similarity, 0 to 1. */
  readonly score: number;
  /** The hello against this one; null where what can be compared is the same. */
  readonly difference: HelloDifference | null;
}

/** The first `count` of them by score, then by hash; those that are the subject itself are left out. */
export function neighboursOf(subject: Subject, scored: readonly Scored[], count: number): readonly Neighbour[] {
  const { lists, listsView } = subject;
  if (lists === null) return [];
  const own = new Set([subject.ja3, ...subject.sslJa3].map((value) => value?.hash));
  return scored
    .filter(({ known }) => !own.has(known.hash))
    .sort((a, b) => b.score - a.score || (a.known.hash < b.known.hash ? -1 : 1))
    .slice(0, count)
    .map(({ known, score }) => {
      const { view, hash, string, labels } = known;
      const pair = comparable(lists, listsView, known);
      return { view, hash, string, labels, score, difference: pair === null ? null : differenceOf(...pair) };
    });
}
