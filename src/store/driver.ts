import type BetterSqlite3 from 'better-sqlite3';
import { storeError } from './errors.js';

/** The only file that knows which SQLite driver is used. */
export type Connection = BetterSqlite3.Database;
export type Statement<Parameters extends unknown[], Row = unknown> = BetterSqlite3.Statement<Parameters, Row>;

/**
 * Opens a connection to a file that exists. The driver is loaded here and not before: a run without a database pays nothing for it.
 *
 * @param path absolute, so that no name is special (`:memory:`, the empty string)
 * @param busyTimeoutMs how long a statement waits for another process's lock
 * @throws SensorError `database_driver` where the native part is not there; the driver's own errors otherwise
 */
export async function connect(path: string, readOnly: boolean, busyTimeoutMs: number): Promise<Connection> {
  let Database: typeof BetterSqlite3;
  try {
    Database = (await import('better-sqlite3')).default;
  } catch (error) {
    throw noDriver(path, error);
  }
  try {
    return new Database(path, { readonly: readOnly, fileMustExist: true, timeout: busyTimeoutMs });
  } catch (error) {
    // The package loads its native part with the first connection; its absence is told from SQLite's own refusals by their codes.
    if (error instanceof Database.SqliteError) throw error;
    // Its own refusal before SQLite is asked: the folder is gone.
    if (error instanceof TypeError) throw storeError('database_unreadable', path, error.message, error);
    throw noDriver(path, error);
  }
}

function noDriver(path: string, cause: unknown): Error {
  const line = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  return storeError('database_driver', path, `better-sqlite3 cannot be loaded: ${line}`, cause);
}
