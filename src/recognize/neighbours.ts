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
  return first(
    scored.filter(({ known }) => !own.has(known.hash)),
    count,
  ).map(({ known, score }) => {
    const { view, hash, string, labels } = known;
    const pair = comparable(lists, listsView, known);
    return { view, hash, string, labels, score, difference: pair === null ? null : differenceOf(...pair) };
  });
}

/** The `count` best in order. Few of many: only what beats the last of them is sorted in. */
function first(scored: readonly Scored[], count: number): readonly Scored[] {
  const best: Scored[] = [];
  for (const one of scored) {
    const last = best[count - 1];
    if (last !== undefined && compare(one, last) >= 0) continue;
    best.push(one);
    best.sort(compare);
    if (best.length > count) best.pop();
  }
  return best;
}

function compare(a: Scored, b: Scored): number {
  return b.score - a.score || (a.known.hash < b.known.hash ? -1 : 1);
}
