import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Database } from './database.js';
import { MIGRATIONS_FOLDER } from './db-folder.js';
import { type Connection, connect } from './driver.js';
import { guarded, storeError, translate } from './errors.js';
import { renewSecret } from './key-file.js';
import type { Secret } from './keys.js';
import { BUSY_TIMEOUT_MS } from './limits.js';
import { FIRST_KEYED_SCHEMA, type Migration, migrate, readMigrations, requireNewest, schemaOf } from './migrate.js';
import { SqliteStore } from './sqlite.js';
import type { Store } from './surface/index.js';
import { refuseTruncated } from './truncation.js';

export interface OpenOptions {
  /** Make the file (mode 0600) and its folder (0700) where they are not there. */
  readonly create: boolean;
  /** Never write: an older schema is refused instead of migrated, and nothing is created. Default false. */
  readonly readOnly?: boolean;
  /**
   * Begin a new key, where the key file is lost or users are to be forgotten all at once: from then on the users of earlier logins cannot be told apart, and
   * observations and logins of before are not known again when they are recorded once more. Default false.
   */
  readonly newKey?: boolean;
  /** How long to wait for another process, in milliseconds. Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Folder of the numbered migrations. Default: the package's own. */
  readonly migrations?: string;
}

/**
 * Opens a database file, and migrates it where it may be written.
 *
 * What was committed survives the end of the process at any moment, `kill -9` included: it is in the file or in the write-ahead log beside it. A power
 * failure may take the last commits with it (`synchronous=NORMAL`), never the file's soundness.
 *
 * @throws SensorError, field `database`: `database_missing`, `database_locked`, `database_damaged`, `database_foreign`, `database_newer`, `database_older`,
 *   `database_key` (not where it is only read), `database_read_only`, `database_unreadable`, `disk_full`, `database_driver`
 */
export async function openStore(path: string, options: OpenOptions): Promise<Store> {
  const file = resolve(path);
  const readOnly = options.readOnly ?? false;
  const migrations = readMigrations(options.migrations ?? MIGRATIONS_FOLDER);
  guarded(file, () => ensureFile(file, options.create && !readOnly));
  let connection: Connection | undefined;
  try {
    connection = await connect(file, readOnly, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS);
    // The file may come from anywhere: believe neither its schema's functions nor its cells' sizes.
    connection.pragma('trusted_schema = OFF');
    connection.pragma('cell_size_check = ON');
    const schema = schemaOf(connection, file, migrations.length);
    if (readOnly) requireNewest(schema, file, migrations.length);
    const newKey = options.newKey === true && schema >= FIRST_KEYED_SCHEMA;
    const secret = readOnly ? null : prepareWriting(connection, file, migrations, newKey);
    return new SqliteStore(new Database(connection, file, secret));
  } catch (error) {
    connection?.close();
    throw translate(atReadOnlyFolder(error, file), file);
  }
}

function ensureFile(file: string, create: boolean): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined) {
    // Opening a pipe to look into it could wait for ever.
    if (!found.isFile()) throw storeError('database_unreadable', file, 'it is no regular file');
    refuseTruncated(file);
    return;
  }
  if (!create) throw storeError('database_missing', file, 'no such file');
  makeFolder(dirname(file));
  // SQLite gives the files it puts beside the database (-wal, -shm) the database's own mode.
  closeSync(openSync(file, 'a', 0o600));
}

/** `mkdir` with `recursive` says "no such file" of a read-only file system; step by step, the true reason comes out. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw error;
  }
}

/** Even to read a database with a write-ahead log, SQLite must make a file beside it. Where it could not, this says so instead of "cannot open". */
function atReadOnlyFolder(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'SQLITE_CANTOPEN') return error;
  try {
    accessSync(dirname(file), constants.W_OK);
    return error;
  } catch (denied) {
    return storeError('database_read_only', file, 'its folder cannot be written, which reading it needs too', denied);
  }
}

function prepareWriting(
  connection: Connection,
  file: string,
  migrations: readonly Migration[],
  newKey: boolean,
): Secret {
  if (connection.pragma('journal_mode', { simple: true }) !== 'wal') connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  // What is written in no order of its own (what is known of users) changes the same pages again and again: four times SQLite's default, 16 MiB, takes a third off the time.
  connection.pragma('wal_autocheckpoint = 4000');
  // There are none; and a migration that builds a table anew must not follow those of an older schema.
  connection.pragma('foreign_keys = OFF');
  // What is deleted is overwritten, not only unlinked.
  connection.pragma('secure_delete = ON');
  if (newKey) connection.transaction(() => renewSecret(connection, file)).immediate();
  return migrate(connection, file, migrations);
}
