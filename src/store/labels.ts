import type { LabelRow } from '../model/index.js';
import type { Connection, Statement } from './driver.js';
import { storeError } from './errors.js';
import { distinctLabels } from './label-key.js';
import type { Stored } from './store.js';

const INSERT = `
INSERT INTO labels (view, hash, string, client, version, tls_library, kind, weight, quality, source, source_row, licence, captured)
VALUES (@view, @hash, @string, @client, @version, @tlsLibrary, @kind, @weight, @quality, @source, @sourceRow, @licence, @captured)
ON CONFLICT (view, hash, client, version, tls_library, source) DO UPDATE SET
  string = excluded.string, kind = excluded.kind, weight = excluded.weight, quality = excluded.quality, source_row = excluded.source_row,
  licence = excluded.licence, captured = excluded.captured
WHERE (string, kind, weight, quality, source_row, licence, captured) IS NOT
  (excluded.string, excluded.kind, excluded.weight, excluded.quality, excluded.source_row, excluded.licence, excluded.captured)`;

const SELECT = `
SELECT view, hash, string, client, version, tls_library AS tlsLibrary, kind, weight, quality, source, source_row AS sourceRow, licence, captured
FROM labels ORDER BY id`;

/** What a column holds in a file that nobody tampered with. */
const TYPES: Readonly<Record<keyof LabelRow, 'string' | 'text or null' | 'number'>> = {
  view: 'string',
  hash: 'string',
  string: 'text or null',
  client: 'string',
  version: 'string',
  tlsLibrary: 'string',
  kind: 'string',
  weight: 'number',
  quality: 'string',
  source: 'string',
  sourceRow: 'number',
  licence: 'string',
  captured: 'text or null',
};

/** The labels table. */
export class LabelTable {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #insert: Statement<[LabelRow]>;
  readonly #select: Statement<[], LabelRow>;

  constructor(connection: Connection, path: string) {
    this.#connection = connection;
    this.#path = path;
    this.#insert = connection.prepare(INSERT);
    this.#select = connection.prepare(SELECT);
  }

  all(): readonly LabelRow[] {
    const rows = this.#select.all();
    for (const row of rows) this.#check(row);
    return rows;
  }

  seed(rows: Iterable<LabelRow>): Stored {
    // Read to its end before the lock is taken: nobody waits for us while the caller reads a file.
    const { distinct, duplicates } = distinctLabels(rows);
    const insertAll = this.#connection.transaction(() => {
      let changed = 0;
      for (const row of distinct) changed += this.#insert.run(row).changes;
      return changed;
    });
    const added = insertAll.immediate();
    return { added, known: distinct.length - added + duplicates };
  }

  /** A flipped bit can turn a text into a number without SQLite noticing: STRICT is checked when a row is written only. */
  #check(row: LabelRow): void {
    for (const [column, type] of Object.entries(TYPES)) {
      const value: unknown = row[column as keyof LabelRow];
      const fits = type === 'text or null' ? value === null || typeof value === 'string' : typeof value === type;
      if (!fits) throw storeError('database_damaged', this.#path, `it is damaged: a label's ${column} is no ${type}`);
    }
  }
}
