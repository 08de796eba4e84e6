import { isGrease } from '../tls/index.js';

/** Above this many values an insertion sort would no longer be the fastest, and a hostile list of 32,767 would make it quadratic. */
const SHORT_LIST = 64;

/** The values in ascending order; a new array. */
export function ascending(values: readonly number[]): number[] {
  const sorted = values.slice();
  if (sorted.length > SHORT_LIST) return sorted.sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) {
    const value = sorted[i]!;
    let at = i;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return sorted;
}

/** The values without the sixteen of GREASE, in their order; a new array. */
export function withoutGrease(values: readonly number[]): number[] {
  const kept: number[] = [];
  for (const value of values) if (!isGrease(value)) kept.push(value);
  return kept;
}
