import type { Database } from '../database.js';
import type { Statement } from '../driver.js';
import { EXPORT_PAGE, ROWS_PER_PRUNING } from '../limits.js';
import { selected } from './cells.js';

/** What one of the tables is like whose rows replace each other by key, and go when they were not touched for long. */
export interface KnownTableShape<Row> {
  readonly name: string;
  /** Of the primary key, in its order. */
  readonly key: readonly string[];
  readonly rest: readonly string[];
  /** The column of `rest` that pruning goes by, in seconds. */
  readonly touched: string;
  /** As they are written, in the order of `key` and `rest`. */
  readonly cellsOf: (row: Row) => readonly unknown[];
  /** From what is read ({@link columnsOf}). @throws an error that `guarded` knows */
  readonly rowOf: (cells: readonly unknown[]) => Row;
}

type Cells = readonly unknown[];

/** What `rowOf` takes. */
export function columnsOf({ key, rest }: Pick<KnownTableShape<never>, 'key' | 'rest'>): string {
  return selected([...key, ...rest]);
}

/** In SQLite numbers come before texts, and texts before bytes. A key is never a number, but where somebody made it one, that is to be told. */
const BEFORE_ALL = Number.NEGATIVE_INFINITY;

/** One of the tables of what a policy knows. Read in the order of their keys, page by page: no statement stays open. */
export class KnownTable<Row> {
  readonly #database: Database;
  readonly #shape: KnownTableShape<Row>;
  readonly #write: Statement<unknown[]>;
  readonly #page: Statement<unknown[], Cells>;
  readonly #old: Statement<unknown[], Cells>;
  readonly #deleteOld: Statement<unknown[]>;

  constructor(database: Database, shape: KnownTableShape<Row>) {
    const { name, key, rest, touched } = shape;
    const columns = [...key, ...rest];
    const keys = key.join(', ');
    const marks = (list: readonly string[]): string => list.map(() => '?').join(', ');
    const after = `(${keys}) > (${marks(key)})`;
    this.#database = database;
    this.#shape = shape;
    this.#write = database.prepare(`INSERT OR REPLACE INTO ${name} (${columns.join(', ')}) VALUES (${marks(columns)})`);
    this.#page = database
      .prepare<unknown[], Cells>(
        `SELECT ${columnsOf(shape)} FROM ${name} WHERE ${after} ORDER BY ${keys} LIMIT ${EXPORT_PAGE}`,
      )
      .raw();
    this.#old = database
      .prepare<unknown[], Cells>(
        `SELECT ${keys} FROM ${name} WHERE ${after} AND ${touched} < ? ORDER BY ${keys} LIMIT ${ROWS_PER_PRUNING}`,
      )
      .raw();
    this.#deleteOld = database.prepare(`DELETE FROM ${name} WHERE (${keys}) = (${marks(key)}) AND ${touched} < ?`);
  }

  /** To be called inside a transaction. */
  write(row: Row): void {
    this.#write.run(...this.#shape.cellsOf(row));
  }

  *rows(): Generator<Row> {
    const { key, rowOf, cellsOf } = this.#shape;
    let after: Cells = key.map(() => BEFORE_ALL);
    while (true) {
      const { rows, last } = this.#database.guarded(() => {
        const page = this.#page.all(...after).map(rowOf);
        const lastRow = page.at(-1);
        return { rows: page, last: lastRow === undefined ? undefined : cellsOf(lastRow).slice(0, key.length) };
      });
      yield* rows;
      // A damaged tree can lead back to where it came from.
      if (last === undefined || rows.length < EXPORT_PAGE || !isAfter(last, after)) return;
      after = last;
    }
  }

  /**
   * Steps that delete what was not touched since. They are found without the write lock, in one walk along the key; an index by time would be written with every
   * login.
   *
   * @param before seconds
   * @returns work for one transaction each, which returns how many rows it deleted
   */
  *prune(before: number): Generator<() => number> {
    const { key } = this.#shape;
    let after: Cells = key.map(() => BEFORE_ALL);
    while (true) {
      const found = this.#database.guarded(() => this.#old.all(...after, before));
      yield () => found.reduce((sum, cells) => sum + this.#deleteOld.run(...cells, before).changes, 0);
      const last = found.at(-1);
      if (last === undefined || found.length < ROWS_PER_PRUNING || !isAfter(last, after)) return;
      after = last;
    }
  }
}

/** As SQLite orders texts and bytes (https://www.sqlite.org/datatype3.html#sort_order). */
function isAfter(key: Cells, other: Cells): boolean {
  for (const [index, cell] of key.entries()) {
    const order = compare(cell, other[index]);
    if (order !== 0) return order > 0;
  }
  return false;
}

function compare(a: unknown, b: unknown): number {
  return rank(a) - rank(b) || Buffer.compare(bytesOf(a), bytesOf(b));
}

function rank(cell: unknown): number {
  return Buffer.isBuffer(cell) ? 2 : typeof cell === 'string' ? 1 : 0;
}

function bytesOf(cell: unknown): Buffer {
  return Buffer.isBuffer(cell) ? cell : Buffer.from(String(cell));
}
