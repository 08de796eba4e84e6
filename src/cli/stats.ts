import type { CaptureStats } from '../observe/index.js';

type Counts = Record<string, number>;

const isCounts = (value: unknown): value is Counts => typeof value === 'object' && value !== null;

/** The statistics of several files as one: counters are added up, the first and the last timestamp are the earliest and the latest. */
export function addStats(all: readonly CaptureStats[]): CaptureStats {
  const [first, ...rest] = all;
  if (first === undefined) throw new RangeError('no statistics to add');
  const total: Record<string, unknown> = structuredClone({ ...first });
  for (const stats of rest) {
    for (const [key, value] of Object.entries(stats)) total[key] = combined(key, total[key], value);
  }
  return total as unknown as CaptureStats;
}

function combined(key: string, before: unknown, value: unknown): unknown {
  if (before === null || before === undefined) return value;
  if (value === null || value === undefined) return before;
  // Texts in the statistics are RFC 3339 times in UTC, whose order is the order of time.
  if (typeof value === 'string' && typeof before === 'string') {
    return key.startsWith('first') === before < value ? before : value;
  }
  if (typeof value === 'number' && typeof before === 'number') return before + value;
  if (isCounts(value) && isCounts(before)) {
    const counts: Counts = { ...before };
    for (const [name, count] of Object.entries(value)) counts[name] = (counts[name] ?? 0) + count;
    return counts;
  }
  return before;
}
