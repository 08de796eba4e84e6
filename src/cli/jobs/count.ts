import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { WORTH_A_THREAD } from './limits.js';

/** Bytes of a file that can be read at any pace; 0 where it is no such file, or is not there. */
function sizeOf(file: string): number {
  const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : 0;
}

/**
 * How many threads read these files. One means: none besides the one there is.
 *
 * @param asked null: as many as are useful
 */
export function jobsFor(files: readonly string[], asked: number | null): number {
  const readable = files.filter((file) => file !== '-').length;
  if (asked !== null) return Math.min(asked, readable);
  if (readable < 2) return 1;
  const sizes = files.map(sizeOf);
  const besideLargest = sizes.reduce((sum, size) => sum + size, 0) - Math.max(...sizes);
  return besideLargest < WORTH_A_THREAD ? 1 : Math.min(availableParallelism(), readable);
}
