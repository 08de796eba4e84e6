import type { CaptureStats } from '../observe/index.js';

/** The statistics of several files as one: every counter is added up. */
export function addStats(all: readonly CaptureStats[]): CaptureStats {
  const total: Record<string, number | Record<string, number>> = {};
  for (const stats of all) {
    for (const [name, count] of Object.entries(stats) as [string, number | Record<string, number>][]) {
      const before = total[name];
      if (typeof count === 'number') total[name] = (typeof before === 'number' ? before : 0) + count;
      else total[name] = addCounts(typeof before === 'object' ? before : {}, count);
    }
  }
  return total as unknown as CaptureStats;
}

function addCounts(before: Readonly<Record<string, number>>, counts: Readonly<Record<string, number>>) {
  const sum: Record<string, number> = { ...before };
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
