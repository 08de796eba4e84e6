import type { Ja3Lists } from '../fingerprint/index.js';
import type { HelloDifference, ListDifference } from '../model/index.js';
import { groupBy } from './groups.js';

/**
 * What tells a hello's lists from known ones; null where nothing does. Both have to be lists of one view: what ssl_ja3 hides would seem dropped otherwise.
 */
export function differenceOf(hello: Ja3Lists, known: Ja3Lists): HelloDifference | null {
  const difference: HelloDifference = {
    version: hello.version === known.version ? null : [hello.version, known.version],
    cipherSuites: listDifference(hello.cipherSuites, known.cipherSuites),
    extensions: listDifference(hello.extensions, known.extensions),
    supportedGroups: listDifference(hello.supportedGroups, known.supportedGroups),
    ecPointFormats: listDifference(hello.ecPointFormats, known.ecPointFormats),
  };
  const { version, ...lists } = difference;
  return version === null && Object.values(lists).every(isEmpty) ? null : difference;
}

function isEmpty({ added, dropped, moved }: ListDifference): boolean {
  return added.length + dropped.length + moved.length === 0;
}

/** `moved` is as short as it can be: what stays is a longest run of values that both have in the same order. Of duplicates, the first meets the first. */
function listDifference(list: readonly number[], known: readonly number[]): ListDifference {
  const places = groupBy(known.keys(), (place) => known[place]!);
  const met = new Map<number, number>();
  const added: number[] = [];
  /** Of each value both have, in the list's order: where the known one has it. */
  const common: number[] = [];
  for (const value of list) {
    const nth = met.get(value) ?? 0;
    const place = places.get(value)?.[nth];
    if (place === undefined) added.push(value);
    else {
      met.set(value, nth + 1);
      common.push(place);
    }
  }
  const kept = new Set(common);
  const inOrder = new Set(longestIncreasing(common));
  return {
    added,
    dropped: known.filter((_, place) => !kept.has(place)),
    moved: common.filter((place) => !inOrder.has(place)).map((place) => known[place]!),
  };
}

/** One longest increasing subsequence of distinct numbers, by patience sorting: O(n log n). */
function longestIncreasing(values: readonly number[]): number[] {
  /** Index of the smallest value that ends an increasing run of this length. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [i, value] of values.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[ends[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    before.push(ends[low - 1] ?? -1);
    ends[low] = i;
  }
  const run: number[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]!) run.push(values[i]!);
  return run.reverse();
}
