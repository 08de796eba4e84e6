import { countRows } from './counts.js';
import type { Database } from './database.js';
import { TableExports } from './exports.js';
import { FingerprintQueries } from './fingerprint-queries.js';
import { FileImport } from './import.js';
import { LabelTable } from './labels.js';
import { Logins } from './logins.js';
import { PolicyTables } from './policy/tables.js';
import type { Import, ObservationStore, Store, StoreCounts } from './surface/index.js';
import { FileUpkeep } from './upkeep.js';
import { Writer } from './writer.js';

/** A store on an open connection, its statements prepared. */
export class SqliteStore implements Store {
  readonly labels: LabelTable;
  readonly observations: ObservationStore;
  readonly logins: Logins;
  readonly fingerprints: FingerprintQueries;
  readonly policy: PolicyTables;
  readonly exports: TableExports;
  readonly upkeep: FileUpkeep;
  readonly #database: Database;
  readonly #writer: Writer;

  constructor(database: Database) {
    const writer = new Writer(database);
    this.#database = database;
    this.#writer = writer;
    this.labels = new LabelTable(database);
    this.observations = { record: (rows) => database.guarded(() => writer.record(rows)) };
    this.policy = new PolicyTables(database, writer);
    this.logins = new Logins(database, writer, this.policy);
    this.fingerprints = new FingerprintQueries(database, writer.fingerprints, this.labels);
    this.exports = new TableExports(database, this.fingerprints);
    this.upkeep = new FileUpkeep(database, writer.fingerprints, this.policy);
  }

  startImport(): Import {
    return new FileImport(this.#database, this.labels, this.#writer);
  }

  counts(): StoreCounts {
    return this.#database.guarded(() => countRows(this.#database));
  }

  close(): void {
    this.#database.guarded(() => this.#database.connection.close());
  }
}
