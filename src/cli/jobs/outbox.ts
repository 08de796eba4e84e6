import type { MessagePort } from 'node:worker_threads';
import { MESSAGE_BYTES } from './limits.js';
import type { FilePart, FromWorker } from './messages.js';

type WithoutBytes<T> = T extends unknown ? Omit<T, 'bytes'> : never;

/**
 * A worker's side of the flow of messages. The bytes under way are counted in memory both threads share: the worker adds, the main thread takes away what it has
 * dealt with. Beyond its share the worker sleeps, in the middle of whatever it was doing: a flood of any kind of message is held up, and nothing
 * has to be written so that it can be interrupted.
 */
export class Outbox {
  readonly #port: MessagePort;
  readonly #underWay: Int32Array;
  readonly #share: number;

  /** @param underWay one counter; @param share bytes from which on to wait */
  constructor(port: MessagePort, underWay: Int32Array, share: number) {
    this.#port = port;
    this.#underWay = underWay;
    this.#share = share;
  }

  /** Hands a part on; returns once the next one may come. What `transfer` names is gone from this thread. */
  post(part: WithoutBytes<FilePart>, size: number, transfer: readonly ArrayBuffer[] = []): void {
    const bytes = Math.max(size, MESSAGE_BYTES);
    // Counted first: the main thread must never take away what was not added yet.
    let now = Atomics.add(this.#underWay, 0, bytes) + bytes;
    this.#port.postMessage({ ...part, bytes } as FromWorker, transfer);
    while (now > this.#share) {
      Atomics.wait(this.#underWay, 0, now);
      now = Atomics.load(this.#underWay, 0);
    }
  }

  progress(read: number, total: number | null): void {
    this.#port.postMessage({ type: 'progress', read, total } satisfies FromWorker);
  }
}

/** The main thread's side: these bytes are dealt with. */
export function dealtWith(underWay: Int32Array, bytes: number): void {
  Atomics.sub(underWay, 0, bytes);
  Atomics.notify(underWay, 0);
}
