import type { Stored } from '../store/index.js';

/** Rows kept back before they are written in one transaction. */
const BATCH = 2000;

/** Milliseconds a row is kept back at most: on a quiet server 2000 logins take days, and the process may not live as long. */
const KEPT_BACK = 1000;

/** Writes rows to a store as they come: some thousand to a transaction, and what there is every second. */
export class Recorder<Row> {
  readonly #write: (rows: readonly Row[]) => Stored;
  #rows: Row[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** What a write between two batches failed with: for whoever comes next. */
  #failure: unknown = null;
  #added = 0;
  #known = 0;

  /** @param write one transaction */
  constructor(write: (rows: readonly Row[]) => Stored) {
    this.#write = write;
  }

  /** New in the database, and already there. */
  get counts(): { readonly added: number; readonly known: number } {
    return { added: this.#added, known: this.#known };
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) this.#rows.push(row);
    if (this.#rows.length >= BATCH || this.#failure !== null) this.flush();
    else if (this.#rows.length > 0) this.#timer ??= setTimeout(this.#flushLate, KEPT_BACK);
  }

  /** Writes what there is. @throws SensorError of the store, also for what could not be written since the last call */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#failure !== null) throw this.#failure;
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    const { added, known } = this.#write(rows);
    this.#added += added;
    this.#known += known;
  }

  readonly #flushLate = (): void => {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  };
}
