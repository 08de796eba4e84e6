import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { WORTH_A_THREAD } from './limits.js';

/** Which files are read in threads, and in how many. */
export interface Plan {
  /** 1: in none besides the one there is. */
  readonly jobs: number;
  /**
   * In the order of the files. null stays with the main thread: standard input, named pipes and devices, since a thread that waits for a pipe cannot be ended;
   * and what is not there.
   */
  readonly files: readonly (string | null)[];
}

/**
 * Divides files among threads.
 *
 * @param asked how many threads; null: as many as are useful
 */
export function planJobs(files: readonly string[], asked: number | null): Plan {
  if (files.length === 1 || asked === 1) return { jobs: 1, files };
  const stats = files.map((file) => (file === '-' ? undefined : statOf(file)));
  const regular = files.map((file, i) => (stats[i]?.isFile() ? file : null));
  const sizes = stats.map((stat) => (stat?.isFile() ? stat.size : 0));
  const besideLargest = sizes.reduce((sum, size) => sum + size, 0) - Math.max(...sizes);
  const useful = besideLargest < WORTH_A_THREAD ? 1 : availableParallelism();
  const jobs = Math.min(asked ?? useful, regular.filter((file) => file !== null).length);
  return { jobs: Math.max(1, jobs), files: regular };
}

/** Who reads the file says what is wrong with it. */
function statOf(file: string) {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
