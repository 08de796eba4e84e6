import type { ObservationRow, RecordedLogin } from '../model/index.js';
import type { Database } from './database.js';
import { FingerprintTable } from './fingerprint-table.js';
import { ROWS_PER_TRANSACTION } from './limits.js';
import { LoginTable } from './login-table.js';
import { ObservationTable } from './observation-table.js';
import type { Stored, UserForm } from './surface/index.js';
import { Tally } from './tally.js';

/** Writes observations and logins, and keeps the counts in step: both are in one transaction, always. */
export class Writer {
  readonly fingerprints: FingerprintTable;
  readonly #database: Database;
  readonly #tally: Tally;
  readonly #observations: ObservationTable;
  readonly #logins: LoginTable;

  constructor(database: Database) {
    this.#database = database;
    this.fingerprints = new FingerprintTable(database);
    this.#tally = new Tally(database);
    this.#observations = new ObservationTable(database, this.fingerprints, this.#tally);
    this.#logins = new LoginTable(database, this.fingerprints, this.#tally);
  }

  record(rows: Iterable<ObservationRow>): Stored {
    return this.#inBatches(rows, (row) => this.observation(row));
  }

  recordLogins(rows: Iterable<RecordedLogin>, users: UserForm): Stored {
    return this.#inBatches(rows, (row) => this.login(row, users));
  }

  /** Between `begin` and `commit`. @returns false where it is there already */
  observation(row: ObservationRow): boolean {
    return this.#observations.insert(row);
  }

  login(row: RecordedLogin, users: UserForm): boolean {
    return this.#logins.insert(row, users);
  }

  begin(): void {
    this.#database.begin();
    try {
      this.fingerprints.refresh();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  commit(): void {
    this.#tally.write();
    this.#database.commit();
  }

  rollback(): void {
    this.#tally.clear();
    this.fingerprints.forget();
    this.#database.rollback();
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

  #inBatches<Row>(rows: Iterable<Row>, insert: (row: Row) => boolean): Stored {
    const stored = { added: 0, known: 0 };
    let batch: Row[] = [];
    // A batch is gathered before the lock is taken: nobody waits for us while the caller reads.
    for (const row of rows) {
      batch.push(row);
      if (batch.length < ROWS_PER_TRANSACTION) continue;
      this.#write(batch, insert, stored);
      batch = [];
    }
    if (batch.length > 0) this.#write(batch, insert, stored);
    return stored;
  }

  #write<Row>(batch: readonly Row[], insert: (row: Row) => boolean, stored: { added: number; known: number }): void {
    const added = this.transaction(() => batch.reduce((sum, row) => sum + (insert(row) ? 1 : 0), 0));
    stored.added += added;
    stored.known += batch.length - added;
  }
}
