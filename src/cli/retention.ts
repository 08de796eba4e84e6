import type { Store } from '../store/index.js';

/** Milliseconds between two times. */
const DAILY = 86_400_000;

/**
 * Keeps a database that is recorded into to its periods (docs/privacy.md): once a day while the command runs, and at its end. Nobody has to remember a timer for
 * addresses to be cut.
 */
export class RetentionKeeper {
  readonly #store: Store;
  readonly #tell: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  /** @param tell is told what was done, where anything was */
  constructor(store: Store, tell: (text: string) => void) {
    this.#store = store;
    this.#tell = tell;
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(this.#prune).catch((error: unknown) => {
        this.#failure = error;
      });
    }, DAILY).unref();
  }

  /** @throws SensorError of the store, also for what failed before */
  async finish(): Promise<void> {
    this.stop();
    await this.#running;
    if (this.#failure !== null) throw this.#failure;
    await this.#prune();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  readonly #prune = async (): Promise<void> => {
    const { cut, observations, logins, heard, known } = await this.#store.upkeep.prune(Date.now() / 1000);
    const deleted = observations + logins + heard + known;
    if (cut + deleted === 0) return;
    this.#tell(`kept long enough: ${cut} addresses cut, ${deleted} rows deleted (--no-prune leaves them)`);
  };
}
