import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from './driver.js';
import { storeError } from './errors.js';
import { makeSecret, mark, readSecret } from './key-file.js';
import type { Secret } from './keys.js';

/** Marks a file as ours (`JA3S` in ASCII), so that another program's database is never written to. https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x4a413353;

/** From this schema on a database has a key file: 0002 brings it. */
export const FIRST_KEYED_SCHEMA = 2;

export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly sql: string;
}

/**
 * Reads `NNNN_name.sql` from a folder, in order.
 *
 * @throws Error for a folder that is none, or whose numbers are not 1, 2, 3 …: the package is broken, not the user's file
 */
export function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort();
  if (names.length === 0) throw new Error(`no migrations in ${folder}`);
  return names.map((name, index) => {
    const number = Number(name.slice(0, 4));
    if (number !== index + 1) throw new Error(`migration ${name} should have number ${index + 1}`);
    return { number, sql: readFileSync(join(folder, name), 'utf8') };
  });
}

/**
 * Brings a database to the newest schema, and finds its secret. All missing steps are one transaction: the file is never between two schemas, and of several
 * processes that open it at once one does the work, and makes the key file, while the others wait for it.
 *
 * @throws SensorError `database_newer`, `database_foreign`, `database_key`; the driver's own errors
 */
export function migrate(connection: Connection, path: string, migrations: readonly Migration[]): Secret {
  if (schemaOf(connection, path, migrations.length) === migrations.length) return readSecret(connection, path);
  return connection
    .transaction(() => {
      // Asked again under the lock: another process may have been faster.
      const from = schemaOf(connection, path, migrations.length);
      const keyed = from >= FIRST_KEYED_SCHEMA;
      const secret = keyed ? readSecret(connection, path) : makeSecret(path);
      connection.function('keyed_observation', (digest: unknown) => secret.observation(digest as Buffer));
      for (const { number, sql } of migrations.slice(from)) {
        connection.exec(sql);
        connection.pragma(`user_version = ${number}`);
      }
      if (!keyed) mark(connection, secret);
      connection.pragma(`application_id = ${APPLICATION_ID}`);
      return secret;
    })
    .immediate();
}

/**
 * For a database that is only read: its schema must be the newest already.
 *
 * @throws SensorError `database_missing` (an empty file), `database_older`
 */
export function requireNewest(schema: number, path: string, newest: number): void {
  if (schema === newest) return;
  if (schema === 0) throw storeError('database_missing', path, 'there is nothing in it yet');
  throw storeError(
    'database_older',
    path,
    `it has schema ${schema}, this version reads ${newest}; recording brings it up to date`,
  );
}

/**
 * The schema's number, 0 for an empty file, after refusing what is not ours to touch.
 *
 * @throws SensorError `database_newer`, `database_foreign`; the driver's own errors
 */
export function schemaOf(connection: Connection, path: string, newest: number): number {
  const schema = Number(connection.pragma('user_version', { simple: true }));
  const application = Number(connection.pragma('application_id', { simple: true }));
  const empty = connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (empty && schema === 0) return 0;
  if (application !== APPLICATION_ID) throw storeError('database_foreign', path, 'it belongs to another program');
  if (schema > newest) {
    throw storeError(
      'database_newer',
      path,
      `it has schema ${schema}, this version knows ${newest}: a newer ja3-sensor wrote it`,
    );
  }
  return schema;
}
