import type { Database } from './database.js';
import { ROWS_PER_PRUNING } from './limits.js';

/** A step again and again, until it changes fewer rows than one may. @returns how many it changed in all */
export async function repeat(database: Database, work: () => number): Promise<number> {
  let sum = 0;
  while (true) {
    const changes = await step(database, work);
    sum += changes;
    if (changes < ROWS_PER_PRUNING) return sum;
  }
}

/**
 * One transaction, and then as long a pause: SQLite does not hand the lock to who waits longest, and who waits looks for it now and then only.
 */
export async function step(database: Database, work: () => number): Promise<number> {
  const start = performance.now();
  const changes = database.guarded(() => database.transaction(work));
  if (changes > 0) await new Promise((resolve) => setTimeout(resolve, performance.now() - start));
  return changes;
}
