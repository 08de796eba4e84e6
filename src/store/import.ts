import type { LabelRow, ObservationRow, RecordedLogin } from '../model/index.js';
import type { Database } from './database.js';
import { labelKey } from './label-key.js';
import type { LabelTable } from './labels.js';
import { ROWS_HELD_BACK } from './limits.js';
import type { Import, ImportResult, UserForm } from './surface/index.js';
import type { Writer } from './writer.js';

/** One file's rows in one transaction. While there are few they are held back, so that a short file takes the lock for as long as writing takes, not reading. */
export class FileImport implements Import {
  readonly #database: Database;
  readonly #labels: LabelTable;
  readonly #writer: Writer;
  #heldBack: (() => void)[] = [];
  readonly #seen = new Set<string>();
  #state: 'reading' | 'writing' | 'over' = 'reading';
  readonly #result = {
    labels: { added: 0, known: 0 },
    observations: { added: 0, known: 0 },
    logins: { added: 0, known: 0 },
  };

  constructor(database: Database, labels: LabelTable, writer: Writer) {
    this.#database = database;
    this.#labels = labels;
    this.#writer = writer;
  }

  labels(rows: Iterable<LabelRow>): void {
    this.#take('labels', rows, (row) => {
      // The first of a file's rows for one label counts; the others would change it to and fro at every import.
      const key = labelKey(row);
      if (this.#seen.has(key)) return false;
      this.#seen.add(key);
      return this.#labels.insert(row);
    });
  }

  observations(rows: Iterable<ObservationRow>): void {
    this.#take('observations', rows, (row) => this.#writer.observation(row));
  }

  logins(rows: Iterable<RecordedLogin>, users: UserForm = 'hmac'): void {
    this.#take('logins', rows, (row) => this.#writer.login(row, users));
  }

  commit(): ImportResult {
    this.#must(() => {
      this.#writeHeldBack();
      this.#writer.commit();
      this.#state = 'over';
    });
    return this.#result;
  }

  abort(): void {
    const writing = this.#state === 'writing';
    this.#state = 'over';
    this.#heldBack = [];
    if (writing) this.#database.guarded(() => this.#writer.rollback());
  }

  #take<Row>(kind: keyof ImportResult, rows: Iterable<Row>, insert: (row: Row) => boolean): void {
    const counted = this.#result[kind];
    const write = (row: Row): void => {
      if (insert(row)) counted.added++;
      else counted.known++;
    };
    for (const row of rows) {
      this.#must(() => {
        if (this.#state === 'writing') write(row);
        else this.#heldBack.push(() => write(row));
        if (this.#heldBack.length >= ROWS_HELD_BACK) this.#writeHeldBack();
      });
    }
  }

  #writeHeldBack(): void {
    if (this.#state === 'reading') {
      this.#writer.begin();
      this.#state = 'writing';
    }
    for (const write of this.#heldBack) write();
    this.#heldBack = [];
  }

  /** After an error nothing of the file is stored, whatever else the caller does. */
  #must(work: () => void): void {
    if (this.#state === 'over') throw new Error('the import is over');
    try {
      this.#database.guarded(work);
    } catch (error) {
      this.abort();
      throw error;
    }
  }
}
