import { SWEEP_INTERVAL } from './limits.js';

/** Something that waits, and is told when its time is up. */
export interface Waiter {
  /** The turn of its room in which its time is up. */
  deadline: number;
  expire(): void;
}

/**
 * Those that wait, in order of arrival. One timer for all of them, which looks around every quarter of a second while anybody is there, so that neither a connection
 * nor a byte sets one: deadlines are counted in its turns, and met at most two turns late.
 */
export class WaitingRoom<T extends Waiter> {
  readonly #waiters = new Set<T>();
  #turn = 0;
  #timer: NodeJS.Timeout | null = null;

  get size(): number {
    return this.#waiters.size;
  }

  get oldest(): T | undefined {
    return this.#waiters.values().next().value;
  }

  add(waiter: T, timeout: number): void {
    this.#waiters.add(waiter);
    this.extend(waiter, timeout);
    this.#timer ??= setInterval(this.#lookAround, SWEEP_INTERVAL).unref();
  }

  /** Gives it so many milliseconds from now on. */
  extend(waiter: T, timeout: number): void {
    waiter.deadline = this.#turn + Math.ceil(timeout / SWEEP_INTERVAL) + 1;
  }

  delete(waiter: T): void {
    this.#waiters.delete(waiter);
  }

  readonly #lookAround = (): void => {
    this.#turn += 1;
    for (const waiter of this.#waiters) if (waiter.deadline <= this.#turn) waiter.expire();
    if (this.#waiters.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  };
}
