import type { LabelRow } from '../model/index.js';
import { type ColumnType, checkColumns } from './column-types.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import { distinctLabels, isEmpty, withoutId } from './label-key.js';
import { like } from './like.js';
import type { LabelFilter, LabelStore, Stored, StoredLabel } from './surface/index.js';

const INSERT = (alsoRemoved: boolean) => `
INSERT INTO labels (view, hash, string, client, version, tls_library, kind, weight, quality, source, source_row, licence, captured)
VALUES (@view, @hash, @string, @client, @version, @tlsLibrary, @kind, @weight, @quality, @source, @sourceRow, @licence, @captured)
ON CONFLICT (view, hash, client, version, tls_library, source) DO UPDATE SET
  string = excluded.string, kind = excluded.kind, weight = excluded.weight, quality = excluded.quality, source_row = excluded.source_row,
  licence = excluded.licence, captured = excluded.captured, removed = 0
WHERE ${alsoRemoved ? 'removed OR' : 'NOT removed AND'} (string, kind, weight, quality, source_row, licence, captured) IS NOT
  (excluded.string, excluded.kind, excluded.weight, excluded.quality, excluded.source_row, excluded.licence, excluded.captured)`;

const COLUMNS =
  'labels.id, view, hash, labels.string, client, version, tls_library AS tlsLibrary, kind, weight, quality, source, source_row AS sourceRow, licence, captured';

/** The conditions of a filter, all in one statement: a condition that is not there is null. */
const SELECT = `
SELECT ${COLUMNS} FROM labels
WHERE NOT removed AND (@view IS NULL OR view = @view) AND (@hash IS NULL OR hash = @hash) AND (@source IS NULL OR source = @source)
  AND (@kind IS NULL OR kind = @kind) AND (@quality IS NULL OR quality = @quality)
  AND (@name IS NULL OR client LIKE @name ESCAPE '\\' OR tls_library LIKE @name ESCAPE '\\')
ORDER BY labels.id`;

const SEARCH = `
SELECT ${COLUMNS} FROM labels
WHERE NOT removed AND (client LIKE @part ESCAPE '\\' OR tls_library LIKE @part ESCAPE '\\' OR source LIKE @part ESCAPE '\\' OR hash LIKE @start ESCAPE '\\')
ORDER BY labels.id LIMIT @limit`;

const FIND = `
SELECT ${COLUMNS} FROM labels WHERE (view, hash, client, version, tls_library, source) = (@view, @hash, @client, @version, @tlsLibrary, @source)`;

/** The string of a hash, from hellos that were seen whole: their strings and hashes were computed together. */
const STRING_OF = {
  ja3: 'SELECT ja3 AS string FROM fingerprints WHERE whole AND ja3_hash = @hash LIMIT 1',
  ssl_ja3: `SELECT iif(ssl_ja3_30_hash = @hash, ssl_ja3_30, ssl_ja3_35) AS string FROM fingerprints
    WHERE whole AND (ssl_ja3_30_hash = @hash OR ssl_ja3_35_hash = @hash) LIMIT 1`,
};

const TYPES: Readonly<Record<keyof StoredLabel, ColumnType>> = {
  id: 'number',
  view: 'text',
  hash: 'text',
  string: 'text or null',
  client: 'text',
  version: 'text',
  tlsLibrary: 'text',
  kind: 'text',
  weight: 'number',
  quality: 'text',
  source: 'text',
  sourceRow: 'number',
  licence: 'text',
  captured: 'text or null',
};

type Conditions = Record<keyof LabelFilter, string | null>;

/** The labels table. */
export class LabelTable implements LabelStore {
  readonly #database: Database;
  readonly #insertUnlessRemoved: Statement<[LabelRow]>;
  readonly #insert: Statement<[LabelRow]>;
  readonly #select: Statement<[Conditions], StoredLabel>;
  readonly #search: Statement<[{ part: string; start: string; limit: number }], StoredLabel>;
  readonly #find: Statement<[LabelRow], StoredLabel>;
  readonly #stringOf: Readonly<Record<keyof typeof STRING_OF, Statement<[LabelRow], { string: string }>>>;
  readonly #remove: Statement<[number]>;

  constructor(database: Database) {
    this.#database = database;
    this.#insertUnlessRemoved = database.prepare(INSERT(false));
    this.#insert = database.prepare(INSERT(true));
    this.#select = database.prepare(SELECT);
    this.#search = database.prepare(SEARCH);
    this.#find = database.prepare(FIND);
    this.#stringOf = { ja3: database.prepare(STRING_OF.ja3), ssl_ja3: database.prepare(STRING_OF.ssl_ja3) };
    this.#remove = database.prepare('UPDATE labels SET removed = 1 WHERE id = ? AND NOT removed');
  }

  all(): readonly LabelRow[] {
    return this.list().map(withoutId);
  }

  references(): readonly LabelRow[] {
    const rows = this.all();
    return this.#database.guarded(() =>
      rows.map((row) => {
        if (row.string !== null || row.view === 'ja4') return row;
        const string = this.#stringOf[row.view].get(row)?.string;
        return string === undefined ? row : { ...row, string };
      }),
    );
  }

  seed(rows: Iterable<LabelRow>): Stored {
    // Read to its end before the lock is taken: nobody waits for us while the caller reads a file.
    const { distinct, duplicates } = distinctLabels(rows);
    const added = this.#database.guarded(() =>
      this.#database.transaction(() =>
        distinct.reduce((sum, row) => sum + this.#insertUnlessRemoved.run(row).changes, 0),
      ),
    );
    return { added, known: distinct.length - added + duplicates };
  }

  add(row: LabelRow): { readonly label: StoredLabel; readonly added: boolean } {
    return this.#database.guarded(() =>
      this.#database.transaction(() => {
        const added = this.insert(row);
        return { label: this.#find.get(row)!, added };
      }),
    );
  }

  list(filter: LabelFilter = {}): readonly StoredLabel[] {
    return this.#database.guarded(() => checked(this.#select.all(conditions(filter))));
  }

  remove(which: readonly number[] | LabelFilter): readonly StoredLabel[] {
    if (!isIds(which) && isEmpty(which)) throw new RangeError('a filter that removes labels needs a condition');
    return this.#database.guarded(() =>
      this.#database.transaction(() => {
        const ids = isIds(which) ? new Set(which) : null;
        const chosen = checked(this.#select.all(conditions(isIds(which) ? {} : which)));
        return chosen.filter(({ id }) => ids?.has(id) !== false && this.#remove.run(id).changes === 1);
      }),
    );
  }

  /** For imports: inside their transaction. @returns whether anything changed */
  insert(row: LabelRow): boolean {
    return this.#insert.run(row).changes === 1;
  }

  search(text: string, limit: number): readonly StoredLabel[] {
    return checked(this.#search.all({ part: like(text, 'anywhere'), start: like(text, 'start'), limit }));
  }
}

function checked(rows: readonly StoredLabel[]): readonly StoredLabel[] {
  for (const row of rows) checkColumns(row, TYPES);
  return rows;
}

function isIds(which: readonly number[] | LabelFilter): which is readonly number[] {
  return Array.isArray(which);
}

function conditions({ view, hash, name, source, kind, quality }: LabelFilter): Conditions {
  return {
    view: view ?? null,
    hash: hash ?? null,
    name: name === undefined ? null : like(name, 'anywhere'),
    source: source ?? null,
    kind: kind ?? null,
    quality: quality ?? null,
  };
}
