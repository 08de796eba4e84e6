import { EXIT, type ExitCode } from './exit-codes.js';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** SIGINT and SIGTERM as a signal for those who read: what was found is still printed and recorded. A second one ends the process the usual way. */
export class Interrupt {
  readonly #controller = new AbortController();
  #code: ExitCode | null = null;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#code = signal === 'SIGTERM' ? CODES.SIGTERM : CODES.SIGINT;
    this.release();
    this.#controller.abort();
  };

  constructor() {
    for (const signal of Object.keys(CODES)) process.once(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the command ends with because of it; null: there was none. */
  get code(): ExitCode | null {
    return this.#code;
  }

  release(): void {
    for (const signal of Object.keys(CODES)) process.off(signal, this.#onSignal);
  }
}
