import { Worker } from 'node:worker_threads';
import { SensorError } from '../../errors.js';
import { workerEntry } from '../worker-entry.js';
import { Flow } from './flow.js';
import { Inbox } from './inbox.js';
import type { FilePart, FromWorker, JobSettings, ToWorker } from './messages.js';
import type { WorkerData } from './worker-data.js';

/** How far the reading of a file has come. */
export type OnProgress = (index: number, read: number, total: number | null) => void;

/** A worker and the file it is reading. */
interface Hand {
  readonly worker: Worker;
  readonly number: number;
  /** Index among the files; of one that has ended until the next is given. */
  file: number;
  /** The thread is gone, or never was. */
  failure: SensorError | null;
}

/** A file that was begun. */
interface Begun {
  readonly inbox: Inbox;
  readonly hand: Hand;
  /** As performance.now() says. */
  readonly since: number;
}

/**
 * Reads files in worker threads, one file to a thread, begun in their order. What comes of a file is kept until the caller asks for it, within the
 * limits of {@link Flow}.
 */
export class JobPool {
  readonly #files: readonly (string | null)[];
  readonly #onProgress: OnProgress;
  readonly #words: Int32Array;
  readonly #flow: Flow;
  readonly #hands: readonly Hand[];
  readonly #begun = new Map<number, Begun>();
  #next = 0;
  #stopped = false;

  /**
   * Starts the threads; they do nothing before `begin`.
   *
   * @param files null is left to the caller
   */
  constructor(files: readonly (string | null)[], jobs: number, onProgress: OnProgress) {
    this.#files = files;
    this.#onProgress = onProgress;
    this.#words = Flow.words(jobs);
    this.#flow = new Flow(this.#words);
    this.#hands = Array.from({ length: jobs }, (_, number) => this.#hire(number));
  }

  begin(settings: JobSettings): void {
    for (const hand of this.#hands) {
      tell(hand, { type: 'settings', settings });
      this.#giveNext(hand);
    }
  }

  /** Whether the file's parts can be asked for: it is read, or was, or will be once a thread is free. */
  reads(index: number): boolean {
    return this.#files[index] !== null && (!this.#stopped || this.#begun.has(index));
  }

  /** When the reading of a file began. */
  since(index: number): number {
    return this.#begun.get(index)!.since;
  }

  /** What comes of a file, its end last. To be asked for in the order of the files. */
  async *parts(index: number): AsyncGenerator<FilePart, void, undefined> {
    // It has begun: the files before it have ended, and the thread of one of them was given this one.
    const { inbox, hand } = this.#begun.get(index)!;
    this.#flow.turn(index);
    for (;;) {
      const part = await inbox.next();
      yield part;
      this.#flow.dealtWith(hand.number, part.bytes);
      if (part.type === 'end') {
        this.#begun.delete(index);
        return;
      }
    }
  }

  /** Files being read end as an interrupt ends them; no other is begun. */
  stop(): void {
    this.#stopped = true;
    for (const hand of this.#hands) tell(hand, { type: 'stop' });
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()));
  }

  #hire(number: number): Hand {
    const worker = new Worker(workerEntry, {
      workerData: { flow: this.#words, worker: number } satisfies WorkerData,
      // They print nothing. Joined to this process's own they would make a pipe non-blocking, which the output would have to poll.
      stdout: true,
      stderr: true,
    });
    const hand: Hand = { worker, number, file: -1, failure: null };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'progress') {
        this.#onProgress(hand.file, message.read, message.total);
        return;
      }
      this.#begun.get(hand.file)!.inbox.push(message);
      if (message.type === 'end') this.#giveNext(hand);
    });
    worker.on('error', (error) => {
      hand.failure = new SensorError(
        'thread_failed',
        'jobs',
        0,
        `a thread cannot go on (${error.message}): --jobs 1 needs none`,
        {
          cause: error,
        },
      );
      this.#begun.get(hand.file)?.inbox.fail(hand.failure);
    });
    return hand;
  }

  #giveNext(hand: Hand): void {
    while (this.#files[this.#next] === null) this.#next++;
    const file = this.#files[this.#next];
    if (file === undefined || file === null || this.#stopped) return;
    hand.file = this.#next++;
    this.#begun.set(hand.file, { inbox: new Inbox(), hand, since: performance.now() });
    if (hand.failure !== null) this.#begun.get(hand.file)!.inbox.fail(hand.failure);
    else tell(hand, { type: 'read', file, index: hand.file });
  }
}

function tell({ worker }: Hand, message: ToWorker): void {
  worker.postMessage(message);
}
