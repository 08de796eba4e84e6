import { Worker } from 'node:worker_threads';
import { workerEntry } from '../worker-entry.js';
import { Inbox } from './inbox.js';
import { AHEAD_BYTES } from './limits.js';
import type { FilePart, FromWorker, JobSettings, ToWorker } from './messages.js';
import { dealtWith } from './outbox.js';
import type { WorkerData } from './worker-data.js';

/** How far the reading of a file has come. */
export type OnProgress = (index: number, read: number, total: number | null) => void;

/** A worker and the file it is reading. */
interface Hand {
  readonly worker: Worker;
  readonly underWay: Int32Array;
  /** Index among the files; of one that has ended until the next is given. */
  file: number;
}

/** A file that was begun. */
interface Begun {
  readonly inbox: Inbox;
  readonly hand: Hand;
  /** As performance.now() says. */
  readonly since: number;
}

/**
 * Reads files in worker threads, one file to a thread, begun in their order. Everything that comes of a file is kept until the caller asks for it, within
 * AHEAD_BYTES in all: whoever made more waits. The file whose turn it is never waits for another: what its thread has under way belongs to it
 * or to files before it.
 */
export class JobPool {
  readonly #files: readonly string[];
  readonly #hands: Hand[] = [];
  readonly #begun = new Map<number, Begun>();
  readonly #onProgress: OnProgress;
  #next = 0;
  #stopped = false;

  /** @param files `-` is left to the caller */
  constructor(files: readonly string[], jobs: number, settings: JobSettings, onProgress: OnProgress) {
    this.#files = files;
    this.#onProgress = onProgress;
    for (let i = 0; i < jobs; i++) this.#hands.push(this.#hire(settings, Math.floor(AHEAD_BYTES / jobs)));
    for (const hand of this.#hands) this.#giveNext(hand);
  }

  /** Whether the file's parts can be asked for: it is read, or was, or will be once a thread is free. */
  reads(index: number): boolean {
    return this.#files[index] !== '-' && (!this.#stopped || this.#begun.has(index));
  }

  /** When the reading of a file began. */
  since(index: number): number {
    return this.#begun.get(index)!.since;
  }

  /** What comes of a file, its end last. To be asked for in the order of the files. */
  async *parts(index: number): AsyncGenerator<FilePart, void, undefined> {
    // The thread of the file before had nothing else to do: by the time that file has ended, this one has begun.
    const { inbox, hand } = this.#begun.get(index)!;
    for (;;) {
      const part = await inbox.next();
      yield part;
      dealtWith(hand.underWay, part.bytes);
      if (part.type === 'end') {
        this.#begun.delete(index);
        return;
      }
    }
  }

  /** Files being read end as an interrupt ends them; no other is begun. */
  stop(): void {
    this.#stopped = true;
    for (const { worker } of this.#hands) worker.postMessage({ type: 'stop' } satisfies ToWorker);
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()));
  }

  #hire(settings: JobSettings, share: number): Hand {
    const underWay = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(workerEntry, {
      workerData: { settings, underWay, share } satisfies WorkerData,
      // They print nothing. Joined to this process's own they would make a pipe non-blocking, which the output would have to poll.
      stdout: true,
      stderr: true,
    });
    const hand: Hand = { worker, underWay, file: -1 };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'progress') {
        this.#onProgress(hand.file, message.read, message.total);
        return;
      }
      this.#begun.get(hand.file)!.inbox.push(message);
      if (message.type === 'end') this.#giveNext(hand);
    });
    worker.on('error', (error) => {
      this.#begun.get(hand.file)?.inbox.fail(error);
    });
    return hand;
  }

  #giveNext(hand: Hand): void {
    while (this.#files[this.#next] === '-') this.#next++;
    const file = this.#files[this.#next];
    if (file === undefined || this.#stopped) return;
    hand.file = this.#next++;
    this.#begun.set(hand.file, { inbox: new Inbox(), hand, since: performance.now() });
    hand.worker.postMessage({ type: 'read', file } satisfies ToWorker);
  }
}
