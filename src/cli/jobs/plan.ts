import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { WORTH_A_THREAD } from './limits.js';

/** Which files are read in threads, and in how many. */
export interface Plan {
  /** How many besides the one there is. */
  readonly threads: number;
  /**
   * In the order of the files. null stays with the main thread: standard input, named pipes and devices, since a thread that waits for a pipe cannot be ended;
   * what is not there; and the first file, where there are no more files than jobs: the main thread has begun with it before another one has started.
   */
  readonly files: readonly (string | null)[];
}

/**
 * Divides files among threads.
 *
 * @param asked how many files are to be read at once; null: as many as are useful
 */
export function planJobs(files: readonly string[], asked: number | null): Plan {
  if (files.length === 1 || asked === 1) return { threads: 0, files };
  const stats = files.map((file) => (file === '-' ? undefined : statOf(file)));
  const regular = files.map((file, i) => (stats[i]?.isFile() ? file : null));
  const sizes = stats.map((stat) => (stat?.isFile() ? stat.size : 0));
  const besideLargest = sizes.reduce((sum, size) => sum + size, 0) - Math.max(...sizes);
  const useful = besideLargest < WORTH_A_THREAD ? 1 : availableParallelism();
  const count = regular.filter((file) => file !== null).length;
  const jobs = Math.min(asked ?? useful, count);
  if (jobs <= 1) return { threads: 0, files: regular };
  // With more files than that it hands rows on while the others read.
  if (jobs < count || regular[0] === null) return { threads: jobs, files: regular };
  return { threads: jobs - 1, files: [null, ...regular.slice(1)] };
}

/** Who reads the file says what is wrong with it. */
function statOf(file: string) {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
