import type { Connection, Statement } from './driver.js';
import { guarded } from './errors.js';
import { isMarked, readSecret } from './key-file.js';
import type { Secret } from './keys.js';

/** A connection, the file it is for, and what the tables share. */
export class Database {
  readonly connection: Connection;
  readonly path: string;
  #secret: Secret | null;

  /** @param secret null: read when first needed, for those who only read */
  constructor(connection: Connection, path: string, secret: Secret | null) {
    this.connection = connection;
    this.path = path;
    this.#secret = secret;
  }

  get secret(): Secret {
    this.#secret ??= readSecret(this.connection, this.path);
    return this.#secret;
  }

  prepare<Parameters extends unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    return this.connection.prepare<Parameters, Row>(sql);
  }

  /** What the driver throws in `work` comes out as a `SensorError`. */
  guarded<T>(work: () => T): T {
    return guarded(this.path, work);
  }

  /** The write lock is taken before the first read, so that waiting for it is the driver's business and never ours. */
  begin(): void {
    // A mistake of the caller, which would make one file's import another's: no fault of the database.
    if (this.connection.inTransaction) throw new Error('an import is under way: commit or abort it first');
    this.connection.exec('BEGIN IMMEDIATE');
    // Another process may have begun a new key since: what is recorded under the old one nobody could find by name, to hand it out or to forget it.
    if (this.#secret !== null && !isMarked(this.connection, this.#secret)) this.#secret = null;
  }

  commit(): void {
    this.connection.exec('COMMIT');
  }

  rollback(): void {
    // After some errors (a full disk) SQLite has done it already.
    if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
  }

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }
}
