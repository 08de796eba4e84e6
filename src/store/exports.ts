import type { Database } from './database.js';
import type { Statement } from './driver.js';
import type { FingerprintQueries } from './fingerprint-queries.js';
import { EXPORT_PAGE } from './limits.js';
import { type LoginColumns, loginOf, type ObservationColumns, observationOf } from './stored-rows.js';
import type { Exports, FingerprintSummary, StoredLogin, StoredObservation } from './surface/index.js';

/** Page by page: no statement stays open while the caller writes a file, so the log can be emptied and the same connection used. */
export class TableExports implements Exports {
  readonly #database: Database;
  readonly #queries: FingerprintQueries;
  readonly #fingerprints: Statement<[number], { id: number }>;
  readonly #observations: Statement<[number], ObservationColumns>;
  readonly #logins: Statement<[number], LoginColumns>;

  constructor(database: Database, queries: FingerprintQueries) {
    this.#database = database;
    this.#queries = queries;
    const page = (columns: string, table: string) =>
      `SELECT ${columns} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${EXPORT_PAGE}`;
    this.#fingerprints = database.prepare(page('id', 'fingerprints'));
    this.#observations = database.prepare(page('*', 'observations'));
    this.#logins = database.prepare(page('*', 'logins'));
  }

  *fingerprints(): Generator<FingerprintSummary> {
    for (const { id } of this.#pages(this.#fingerprints, (row) => row)) {
      const summary = this.#queries.get(id);
      // It may have been pruned since its page was read.
      if (summary !== null) yield summary;
    }
  }

  *observations(): Generator<StoredObservation> {
    yield* this.#pages(this.#observations, observationOf);
  }

  *logins(): Generator<StoredLogin> {
    yield* this.#pages(this.#logins, loginOf);
  }

  *#pages<Row extends { readonly id: number }, Result extends { readonly id: number }>(
    statement: Statement<[number], Row>,
    resultOf: (row: Row) => Result,
  ): Generator<Result> {
    let after = 0;
    while (true) {
      const page = this.#database.guarded(() => statement.all(after).map(resultOf));
      yield* page;
      const last = page.at(-1);
      // A damaged tree can lead back to where it came from.
      if (last === undefined || page.length < EXPORT_PAGE || last.id <= after) return;
      after = last.id;
    }
  }
}
