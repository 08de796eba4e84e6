import type { EndSignal } from '../ending.js';
/** Logins that a policy makes wait. Each costs its connection and a timer; how many there may be is bounded. */
export class Tarpits {
  readonly #max: number;
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get held(): number {
    return this.#held;
  }

  /**
   * Waits.
   *
   * @param seconds whole
   * @param signal fires when the client has gone: it need not wait any longer
   * @returns `full` at once, where too many wait already
   */
  async hold(seconds: number, signal: EndSignal): Promise<'waited' | 'left' | 'full'> {
    if (signal.aborted) return 'left';
    if (this.#held >= this.#max) return 'full';
    this.#held++;
    try {
      return await new Promise((resolve) => {
        const end = (how: 'waited' | 'left') => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          resolve(how);
        };
        const onAbort = () => end('left');
        const timer = setTimeout(() => end('waited'), seconds * 1000);
        signal.addEventListener('abort', onAbort);
      });
    } finally {
      this.#held--;
    }
  }
}
