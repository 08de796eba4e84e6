import { AHEAD_BYTES, TURN_BYTES } from './limits.js';

/** Words of the shared memory; behind them one for each worker: bytes of its messages that were not dealt with yet. */
const VERSION = 0;
const TURN = 1;
const TOTAL = 2;
const OWN = 3;

/**
 * How far ahead the workers may be of what was printed, in memory all threads share. A worker adds what it posts, the main thread takes away what it has
 * dealt with. Where there is too much the worker sleeps, in the middle of whatever it was doing: so a flood of any kind of message is held up, and nothing
 * has to be written so that it can be interrupted.
 *
 * The file whose turn it is never waits for another: only for what is under way of itself.
 */
export class Flow {
  readonly #words: Int32Array;

  /** @param words what another thread's flow has, or a new one's */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  static words(workers: number): Int32Array {
    return new Int32Array(new SharedArrayBuffer(4 * (OWN + workers)));
  }

  /** Worker: a message is about to be posted. */
  add(worker: number, bytes: number): void {
    Atomics.add(this.#words, OWN + worker, bytes);
    Atomics.add(this.#words, TOTAL, bytes);
  }

  /** Worker: sleeps until the file it reads may bring more. */
  wait(worker: number, file: number): void {
    const words = this.#words;
    for (;;) {
      // Before anything is looked at: what changes from here on wakes.
      const version = Atomics.load(words, VERSION);
      const full =
        Atomics.load(words, TURN) === file
          ? Atomics.load(words, OWN + worker) > TURN_BYTES
          : Atomics.load(words, TOTAL) > AHEAD_BYTES;
      if (!full) return;
      Atomics.wait(words, VERSION, version);
    }
  }

  /** Main thread: so much of what a worker posted is dealt with. */
  dealtWith(worker: number, bytes: number): void {
    Atomics.sub(this.#words, OWN + worker, bytes);
    Atomics.sub(this.#words, TOTAL, bytes);
    this.#wake();
  }

  /** Main thread: what comes of this file is dealt with from now on. */
  turn(file: number): void {
    Atomics.store(this.#words, TURN, file);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#words, VERSION, 1);
    Atomics.notify(this.#words, VERSION);
  }
}
