import type { LoginEvent } from '../../model/index.js';
import type { LoginStore, UserForm } from '../../store/index.js';

/** Logins kept back before they are written in one transaction. */
const BATCH = 2000;

/** Milliseconds a login is kept back at most. */
const KEPT_BACK = 1000;

/** Writes logins to a store as they come: some thousand to a transaction, and what there is every second. */
export class LoginRecorder {
  readonly #store: LoginStore;
  readonly #users: UserForm;
  #rows: LoginEvent[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** What a write between two batches failed with: for whoever comes next. */
  #failure: unknown = null;
  #added = 0;
  #known = 0;

  constructor(store: LoginStore, users: UserForm) {
    this.#store = store;
    this.#users = users;
  }

  /** New in the database, and already there. */
  get counts(): { readonly added: number; readonly known: number } {
    return { added: this.#added, known: this.#known };
  }

  add(login: LoginEvent): void {
    this.#rows.push(login);
    if (this.#rows.length >= BATCH || this.#failure !== null) this.flush();
    else this.#timer ??= setTimeout(this.#flushLate, KEPT_BACK);
  }

  /** Writes what there is. @throws SensorError of the store, also for what could not be written since the last call */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#failure !== null) throw this.#failure;
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    const { added, known } = this.#store.record(rows, this.#users);
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
