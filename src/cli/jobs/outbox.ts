import type { MessagePort } from 'node:worker_threads';
import type { Flow } from './flow.js';
import { MESSAGE_BYTES } from './limits.js';
import type { FilePart, FromWorker } from './messages.js';

type WithoutBytes<T> = T extends unknown ? Omit<T, 'bytes'> : never;

/** Where a worker puts what comes of its files. */
export class Outbox {
  /** Index of the file being read. */
  file = 0;
  readonly #port: MessagePort;
  readonly #flow: Flow;
  readonly #worker: number;

  constructor(port: MessagePort, flow: Flow, worker: number) {
    this.#port = port;
    this.#flow = flow;
    this.#worker = worker;
  }

  /** Hands a part on; returns once the next one may come. What `transfer` names is gone from this thread. */
  post(part: WithoutBytes<FilePart>, size: number, transfer: readonly ArrayBuffer[] = []): void {
    const bytes = Math.max(size, MESSAGE_BYTES);
    // Counted first: what was not added yet must not be taken away.
    this.#flow.add(this.#worker, bytes);
    this.#port.postMessage({ ...part, bytes } as FromWorker, transfer);
    this.#flow.wait(this.#worker, this.file);
  }

  progress(read: number, total: number | null): void {
    this.#port.postMessage({ type: 'progress', read, total } satisfies FromWorker);
  }
}
