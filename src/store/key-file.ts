import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Connection } from './driver.js';
import { storeError } from './errors.js';
import { newSecretBytes, SECRET_BYTES, type Secret, secretOf } from './keys.js';

export function keyPathOf(database: string): string {
  return `${database}.key`;
}

/**
 * The secret of a database whose schema knows one, held against the mark in it.
 *
 * @throws SensorError `database_key` where the key file is missing, is none or is another database's; what the file system says, as it is
 */
export function readSecret(connection: Connection, path: string): Secret {
  const secret = readKeyFile(path);
  if (secret === null) {
    throw keyError(
      path,
      'is missing: put it back, or begin a new one (ja3-sensor db new-key); until then it is only read',
    );
  }
  // A migration makes file and mark together; without the mark somebody changed the database by hand.
  if (!isMarked(connection, secret)) throw keyError(path, 'is not its own');
  return secret;
}

/**
 * To be called under the write lock: of several processes the first makes the file, the others find it. It is there, whole, before the mark is committed;
 * if the process dies in between, the next one takes the file as it is.
 */
export function makeSecret(path: string): Secret {
  return readKeyFile(path) ?? writeKeyFile(path);
}

export function mark(connection: Connection, secret: Secret): void {
  connection.prepare("INSERT OR REPLACE INTO settings VALUES ('key_check', ?)").run(secret.check);
}

/** Begins a new key: from now on nothing of the old one can be computed. To be called under the write lock. */
export function renewSecret(connection: Connection, path: string): void {
  const secret = writeKeyFile(path);
  mark(connection, secret);
  forgetUsers(connection);
}

/** What is kept by user is nobody's from now on. Tables of a later schema than the file's are not there yet. */
function forgetUsers(connection: Connection): void {
  const hasTable = connection.prepare<[string]>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  for (const table of ['logins', 'heard']) {
    if (hasTable.get(table) !== undefined) {
      connection.exec(`UPDATE ${table} SET user_key = NULL WHERE user_key IS NOT NULL`);
    }
  }
  // Of the counts one cannot always tell which are by user: all of them are learned again within days.
  for (const table of ['user_clients', 'user_networks', 'usual']) {
    if (hasTable.get(table) !== undefined) connection.exec(`DELETE FROM ${table}`);
  }
}

/** Whether a secret is the database's own. */
export function isMarked(connection: Connection, secret: Secret): boolean {
  return markOf(connection) === secret.check.toString('hex');
}

/** What tells the database's key from others, in hex; empty where somebody took it out by hand. */
export function markOf(connection: Connection): string {
  const row = connection.prepare<[], { value: unknown }>("SELECT value FROM settings WHERE name = 'key_check'").get();
  return Buffer.isBuffer(row?.value) ? row.value.toString('hex') : '';
}

function readKeyFile(path: string): Secret | null {
  let text: string;
  try {
    text = readFileSync(keyPathOf(path), 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const hex = /^([0-9a-f]+)\n?$/.exec(text)?.[1];
  if (hex?.length !== SECRET_BYTES * 2) throw keyError(path, `is none: ${SECRET_BYTES * 2} hex digits belong in it`);
  return secretOf(Buffer.from(hex, 'hex'));
}

/** Written beside, then renamed: whoever looks finds the whole file or none. */
function writeKeyFile(path: string): Secret {
  const bytes = newSecretBytes();
  const beside = `${keyPathOf(path)}.${newSecretBytes().toString('hex', 0, 8)}`;
  try {
    const handle = openSync(beside, 'wx', 0o600);
    try {
      writeFileSync(handle, `${bytes.toString('hex')}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, keyPathOf(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  return secretOf(bytes);
}

function keyError(path: string, what: string): Error {
  return storeError('database_key', path, `its key file ${keyPathOf(path)} ${what}`);
}
