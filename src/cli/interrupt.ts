/** SIGINT as a signal for those who read: what was found is still printed. A second SIGINT ends the process the usual way. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => this.#controller.abort();

  constructor() {
    process.once('SIGINT', this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  release(): void {
    process.off('SIGINT', this.#onSignal);
  }
}
