import type { Database } from './database.js';

/**
 * Empties the write-ahead log, in which the pages of before still lie. `secure_delete` has overwritten what was deleted in the file itself.
 *
 * @returns false where another process is reading, so that the log has to stay
 */
export function truncateLog({ connection }: Database): boolean {
  const [result] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return result?.busy === 0;
}
