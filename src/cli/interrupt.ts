/** SIGINT as a thing to ask for and to wait for. A second SIGINT ends the process the usual way. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => {
    this.release();
    this.#controller.abort();
  };
  /** Resolves when the signal came. */
  readonly happened: Promise<'interrupted'>;

  constructor() {
    this.happened = new Promise((resolve) => {
      this.#controller.signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
    });
    process.once('SIGINT', this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get interrupted(): boolean {
    return this.#controller.signal.aborted;
  }

  release(): void {
    process.off('SIGINT', this.#onSignal);
  }
}
