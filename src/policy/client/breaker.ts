/** Leave to ask. A `probe` is the only one under way, and decides. */
export type Pass = 'usual' | 'probe';

/**
 * A circuit breaker: after so many failures one after the other nobody is let through for a while, then one is, and what becomes of that decides.
 *
 * Closed: everything is let through. Open: nothing. Half open: one is under way, and nothing else until it is back.
 */
export class Breaker {
  readonly #failuresToOpen: number;
  readonly #openTime: number;
  readonly #now: () => number;
  #failures = 0;
  /** null: closed. */
  #openUntil: number | null = null;
  #probing = false;

  /**
   * @param openTime milliseconds
   * @param now milliseconds of a clock that never goes back
   */
  constructor(failuresToOpen: number, openTime: number, now: () => number) {
    this.#failuresToOpen = failuresToOpen;
    this.#openTime = openTime;
    this.#now = now;
  }

  /** {@link admit} would say no. */
  get refuses(): boolean {
    return this.#openUntil !== null && (this.#probing || this.#now() < this.#openUntil);
  }

  /** Whoever is given a pass must say what came of it; null: not now. */
  admit(): Pass | null {
    if (this.refuses) return null;
    if (this.#openUntil === null) return 'usual';
    this.#probing = true;
    return 'probe';
  }

  /** Any success will do, a late one too. @returns true: it was not closed, and is now */
  succeeded(): boolean {
    const hasClosed = this.#openUntil !== null;
    this.#failures = 0;
    this.#openUntil = null;
    this.#probing = false;
    return hasClosed;
  }

  /** Those that were under way when it opened change nothing any more. @returns true: it was closed, and is open now */
  failed(pass: Pass): boolean {
    if (pass === 'probe') {
      this.#probing = false;
      if (this.#openUntil !== null) this.#openUntil = this.#now() + this.#openTime;
      return false;
    }
    if (this.#openUntil !== null) return false;
    this.#failures++;
    if (this.#failures < this.#failuresToOpen) return false;
    this.#openUntil = this.#now() + this.#openTime;
    return true;
  }
}
