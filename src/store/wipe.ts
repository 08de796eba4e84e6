import type { Database } from './database.js';

/**
 * Writes the whole file anew. `secure_delete` overwrites what is deleted where it is, but not the copies that stay behind in a page when SQLite moves rows from one page
 * to another: of those only a file that has never held them is free. Needs as much room again while it runs.
 */
export function rewrite({ connection }: Database): void {
  connection.exec('VACUUM');
}

/**
 * Empties the write-ahead log, in which the pages of before still lie. `secure_delete` has overwritten what was deleted in the file itself.
 *
 * @returns false where another process is reading, so that the log has to stay
 */
export function truncateLog({ connection }: Database): boolean {
  const [result] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}
