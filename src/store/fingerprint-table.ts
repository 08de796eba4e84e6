import type { KnownValue, KnownViews } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import { isWhole, shapeKey } from './keys.js';
import { FINGERPRINTS_REMEMBERED } from './limits.js';

const FIND = 'SELECT id FROM fingerprints WHERE shape = ?';

const INSERT = `
INSERT INTO fingerprints
  (shape, whole, ja3, ja3_hash, ja3n_hash, ssl_ja3_30, ssl_ja3_30_hash, ssl_ja3_35, ssl_ja3_35_hash, ssl_ja3, ssl_ja3_hash, ja4, ja4_r)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** One log writes the hash alone, another also what it was made of. */
const FILL_IN = `
UPDATE fingerprints SET ja3 = coalesce(ja3, ?), ssl_ja3_30 = coalesce(ssl_ja3_30, ?), ssl_ja3_35 = coalesce(ssl_ja3_35, ?), ssl_ja3 = coalesce(ssl_ja3, ?),
  ja4_r = coalesce(ja4_r, ?)
WHERE id = ? AND whole = 0`;

/**
 * Partly known rows that fit a whole one: they share a value with it, for which each comparison has its index, and have no other. Clients that permute have one
 * ja4 with any number of ssl_ja3 beside it, and of all these a new hello fits hardly any.
 */
const FITTED = `
SELECT id FROM fingerprints
WHERE whole = 0 AND (ja3_hash = @ja3 OR ja3n_hash = @ja3n OR ssl_ja3_30_hash = @of30 OR ssl_ja3_35_hash = @of35 OR ssl_ja3_hash IN (@of30, @of35) OR ja4 = @ja4)
  AND (ja3_hash IS NULL OR +ja3_hash = @ja3)
  AND (ja3n_hash IS NULL OR +ja3n_hash = @ja3n)
  AND (ssl_ja3_30_hash IS NULL OR +ssl_ja3_30_hash = @of30)
  AND (ssl_ja3_35_hash IS NULL OR +ssl_ja3_35_hash = @of35)
  AND (ssl_ja3_hash IS NULL OR +ssl_ja3_hash IN (@of30, @of35))
  AND (ja4 IS NULL OR +ja4 = @ja4)`;

/** Whole rows that every value of a partly known one fits. The unary plus keeps SQLite from any index but that of the view that is searched by. */
const FITTING = (view: string, columns: readonly string[]) => `
SELECT whole.id AS id FROM fingerprints AS part JOIN fingerprints AS whole ON (${columns.map((column) => `whole.${column} = part.${view}`).join(' OR ')})
WHERE part.id = ? AND whole.whole = 1
  AND (part.ja3_hash IS NULL OR +whole.ja3_hash = part.ja3_hash)
  AND (part.ja3n_hash IS NULL OR +whole.ja3n_hash = part.ja3n_hash)
  AND (part.ssl_ja3_30_hash IS NULL OR +whole.ssl_ja3_30_hash = part.ssl_ja3_30_hash)
  AND (part.ssl_ja3_35_hash IS NULL OR +whole.ssl_ja3_35_hash = part.ssl_ja3_35_hash)
  AND (part.ssl_ja3_hash IS NULL OR part.ssl_ja3_hash IN (+whole.ssl_ja3_30_hash, +whole.ssl_ja3_35_hash))
  AND (part.ja4 IS NULL OR +whole.ja4 = part.ja4)
ORDER BY +whole.id LIMIT ?`;

/** The value to search by: the first that is known. ja4 comes last because permuted hellos share it. */
const SEARCHED_BY: readonly (readonly [view: string, columns: readonly string[]])[] = [
  ['ja3_hash', ['ja3_hash']],
  ['ssl_ja3_30_hash', ['ssl_ja3_30_hash']],
  ['ssl_ja3_35_hash', ['ssl_ja3_35_hash']],
  ['ssl_ja3_hash', ['ssl_ja3_30_hash', 'ssl_ja3_35_hash']],
  ['ja3n_hash', ['ja3n_hash']],
  ['ja4', ['ja4']],
];

const KNOWN = `SELECT ${SEARCHED_BY.map(([view]) => `${view} IS NOT NULL AS ${view}`).join(', ')} FROM fingerprints WHERE id = ?`;

/** The fingerprints table: a row of every shape, and the links from partly known ones to whole ones. */
export class FingerprintTable {
  readonly #find: Statement<[Buffer], { id: number }>;
  readonly #insert: Statement<unknown[]>;
  readonly #fillIn: Statement<unknown[]>;
  readonly #fitted: Statement<[Record<string, string | null>], { id: number }>;
  readonly #known: Statement<[number], Record<string, number>>;
  readonly #fitting: ReadonlyMap<string, Statement<[number, number], { id: number }>>;
  readonly #link: Statement<[number | null, number]>;
  readonly #dataVersion: Statement<[], { data_version: number }>;
  /** Row number by shape, of rows that are committed or about to be. */
  readonly #ids = new Map<string, number>();
  /**
   * The whole shape last seen with a ja3 value. Hellos of one kind share the value itself, and comparing two texts costs a twentieth of hashing them. Held as long
   * as the value is.
   */
  #latest = new WeakMap<
    KnownValue,
    { readonly of35: string | null; readonly ja4r: string | null; readonly id: number }
  >();
  #seenVersion = -1;

  constructor(database: Database) {
    this.#find = database.prepare(FIND);
    this.#insert = database.prepare(INSERT);
    this.#fillIn = database.prepare(FILL_IN);
    this.#fitted = database.prepare(FITTED);
    this.#known = database.prepare(KNOWN);
    this.#fitting = new Map(SEARCHED_BY.map(([view, columns]) => [view, database.prepare(FITTING(view, columns))]));
    this.#link = database.prepare('UPDATE fingerprints SET whole_id = ? WHERE id = ?');
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  /** To be called at the beginning of every transaction: another process may have pruned what is remembered here. */
  refresh(): void {
    const version = this.#dataVersion.get()!.data_version;
    if (version !== this.#seenVersion) this.forget();
    this.#seenVersion = version;
  }

  /** To be called after a transaction was rolled back: row numbers given out in it are nobody's. */
  forget(): void {
    this.#ids.clear();
    this.#latest = new WeakMap();
  }

  /** The row of these values, made where there is none. */
  idOf(views: KnownViews, sslJa3Logged: KnownValue | null): number {
    const whole = isWhole(views);
    if (!whole || views.ja3 === null) return this.#idOfShape(views, sslJa3Logged, whole);
    const of35 = views.sslJa3['3.5']?.string ?? null;
    const ja4r = views.ja4?.string ?? null;
    const latest = this.#latest.get(views.ja3);
    if (latest?.of35 === of35 && latest.ja4r === ja4r) return latest.id;
    const id = this.#idOfShape(views, sslJa3Logged, whole);
    this.#latest.set(views.ja3, { of35, ja4r, id });
    return id;
  }

  #idOfShape(views: KnownViews, sslJa3Logged: KnownValue | null, whole: boolean): number {
    const shape = shapeKey(views, sslJa3Logged);
    const remembered = shape.toString('latin1') + (whole ? '' : stringsKnown(views, sslJa3Logged));
    let id = this.#ids.get(remembered);
    if (id !== undefined) return id;
    const found = this.#find.get(shape)?.id;
    id = found ?? this.#add(shape, whole, views, sslJa3Logged);
    if (found !== undefined && !whole) this.#complete(found, views, sslJa3Logged);
    if (this.#ids.size >= FINGERPRINTS_REMEMBERED) this.#ids.clear();
    this.#ids.set(remembered, id);
    return id;
  }

  /** Whole rows that all values of a partly known one fit. */
  fits(part: number, limit: number): readonly number[] {
    const known = this.#known.get(part);
    const view = SEARCHED_BY.find(([name]) => known?.[name] === 1)?.[0];
    if (view === undefined) return [];
    return this.#fitting
      .get(view)!
      .all(part, limit)
      .map(({ id }) => id);
  }

  /** Links a partly known row to the whole one it fits, if it is the only one: a JA3 hash alone may stand for several hellos. */
  link(part: number): void {
    const [only, another] = this.fits(part, 2);
    this.#link.run(another === undefined ? (only ?? null) : null, part);
  }

  #add(shape: Buffer, whole: boolean, views: KnownViews, sslJa3Logged: KnownValue | null): number {
    const { ja3, ja3n, sslJa3, ja4 } = views;
    const [of30, of35] = [sslJa3['3.0'], sslJa3['3.5']];
    const inserted = this.#insert.run(
      shape,
      whole ? 1 : 0,
      ja3?.string ?? null,
      ja3?.hash ?? null,
      ja3n?.hash ?? null,
      of30?.string ?? null,
      of30?.hash ?? null,
      of35?.string ?? null,
      of35?.hash ?? null,
      sslJa3Logged?.string ?? null,
      sslJa3Logged?.hash ?? null,
      ja4?.hash ?? null,
      ja4?.string ?? null,
    );
    const id = Number(inserted.lastInsertRowid);
    if (whole) {
      const parts = this.#fitted.all({
        ja3: ja3?.hash ?? null,
        ja3n: ja3n?.hash ?? null,
        of30: of30?.hash ?? null,
        of35: of35?.hash ?? null,
        ja4: ja4?.hash ?? null,
      });
      for (const part of parts) this.link(part.id);
    } else {
      this.link(id);
    }
    return id;
  }

  #complete(id: number, { ja3, sslJa3, ja4 }: KnownViews, sslJa3Logged: KnownValue | null): void {
    const strings = [ja3, sslJa3['3.0'], sslJa3['3.5'], sslJa3Logged, ja4].map((value) => value?.string ?? null);
    if (strings.some((string) => string !== null)) this.#fillIn.run(...strings, id);
  }
}

/** A row whose strings are remembered to be unknown is looked at again when they come. */
function stringsKnown({ ja3, sslJa3, ja4 }: KnownViews, sslJa3Logged: KnownValue | null): string {
  return [ja3, sslJa3['3.0'], sslJa3['3.5'], sslJa3Logged, ja4]
    .map((value) => (value === null || value.string === null ? '-' : '+'))
    .join('');
}
