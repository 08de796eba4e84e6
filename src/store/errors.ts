import { SensorError } from '../errors.js';

/** Every error of this room: field `database`, offset 0, a message that names the file. */
export function storeError(code: string, path: string, what: string, cause?: unknown): SensorError {
  const message = `database ${path}: ${what}`;
  return new SensorError(code, 'database', 0, message, cause === undefined ? {} : { cause });
}

/** Driver and operating system codes, by their beginning: the longest that fits comes first. https://www.sqlite.org/rescode.html */
const MEANINGS: readonly (readonly [prefix: string, code: string, what: string])[] = [
  ['SQLITE_BUSY', 'database_locked', 'another process holds the lock'],
  ['SQLITE_LOCKED', 'database_locked', 'another process holds the lock'],
  ['SQLITE_FULL', 'disk_full', 'the disk is full'],
  // The shared-memory file beside the database could not grow: that, too, is a full disk.
  ['SQLITE_IOERR_SHMSIZE', 'disk_full', 'the disk is full'],
  ['SQLITE_READONLY', 'database_read_only', 'it, or its folder, cannot be written'],
  ['SQLITE_PERM', 'database_read_only', 'it, or its folder, cannot be written'],
  ['SQLITE_CANTOPEN', 'database_unreadable', 'it cannot be opened'],
  ['SQLITE_IOERR', 'database_unreadable', 'it cannot be read or written'],
  ['SQLITE_NOMEM', 'database_unreadable', 'memory ran out'],
  ['SQLITE_NOTADB', 'database_damaged', 'it is damaged, or no SQLite database'],
  // What is left (corrupt, schema, constraint, mismatch, a column that is not there): our statements are fixed and our rows typed, so the file lies.
  ['SQLITE_', 'database_damaged', 'it is damaged'],
  ['ENOSPC', 'disk_full', 'the disk is full'],
  ['EDQUOT', 'disk_full', 'the disk quota is used up'],
  ['EROFS', 'database_read_only', 'its file system is read-only'],
  ['EACCES', 'database_unreadable', 'permission denied'],
  ['EPERM', 'database_unreadable', 'permission denied'],
  ['ENOTDIR', 'database_unreadable', 'its folder is no folder'],
  ['EEXIST', 'database_unreadable', 'its folder is no folder'],
  ['ELOOP', 'database_unreadable', 'its path is a circle of links'],
  ['ENAMETOOLONG', 'database_unreadable', 'its name is too long'],
  ['ENOENT', 'database_unreadable', 'its path leads nowhere'],
];

/**
 * Puts what the driver or the file system said into one clear line. What is neither's (a `SensorError`, a mistake in the code that hands rows in) passes
 * through as it is.
 */
export function translate(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof SensorError) return error;
  if (!('code' in error) || typeof error.code !== 'string') return error;
  const { code } = error;
  const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix));
  return meaning === undefined ? error : storeError(meaning[1], path, `${meaning[2]} (${code})`, error);
}

/** Runs `work`, in which nobody but the driver fails; what it throws comes out translated. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(error, path);
  }
}
