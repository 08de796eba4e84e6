import cluster, { type Worker } from 'node:cluster';
import { newTicketKeys } from '../../certs/index.js';
import type { NoticeLines } from '../../login/index.js';
import type { BoundListener } from '../../proxy/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { FromWorker, ToWorker } from './messages.js';

/** Milliseconds before a worker that ended is replaced; twice as long each time while they end within a minute of their beginning. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
const LIVED = 60_000;

/** Why no worker can begin: what it said, and its exit code. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
  readonly code: ExitCode;

  constructor(message: string, code: ExitCode) {
    super(message);
    this.code = code;
  }
}

/** Processes that share the ports. The first process holds the ports and takes no connection itself; one that ends is replaced. */
export class Workers {
  readonly #ticketKeys: string;
  readonly #notices: NoticeLines;
  #pause = FIRST_PAUSE;
  #stopping = false;
  /** What each is still to be told: it listens to nothing before it has begun. null: it has. */
  readonly #running = new Map<Worker, ToWorker[] | null>();
  #ended: () => void = () => {};
  #lose!: (failure: WorkerFailure) => void;
  /** Resolves when none is left and none can begin: the ports are no longer bound then, and who has given up root's rights may not be able to bind them again. */
  readonly lost = new Promise<WorkerFailure>((resolve) => {
    this.#lose = resolve;
  });

  constructor(notices: NoticeLines) {
    this.#ticketKeys = newTicketKeys().toString('base64');
    this.#notices = notices;
    // Each takes connections from the ports itself, so that none passes through this process.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
  }

  /**
   * @returns when all listen
   * @throws WorkerFailure; all have ended then
   */
  async start(count: number): Promise<readonly BoundListener[]> {
    const starting = Array.from({ length: count }, () => this.#fork());
    const results = await Promise.allSettled(starting);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await this.stop();
      throw failed.reason;
    }
    const [first] = results;
    return first?.status === 'fulfilled' ? first.value : [];
  }

  reload(): void {
    for (const worker of this.#running.keys()) this.#tell(worker, { type: 'reload' });
  }

  /** @returns when all sessions have ended, or their time is up */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#running.size === 0) return;
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    for (const worker of this.#running.keys()) this.#tell(worker, { type: 'stop' });
    await ended;
  }

  /** Ends all at once. */
  kill(): void {
    for (const worker of this.#running.keys()) worker.process.kill('SIGKILL');
  }

  #fork(): Promise<readonly BoundListener[]> {
    const worker = cluster.fork();
    const begun = Date.now();
    this.#running.set(worker, []);
    return new Promise((resolve, reject) => {
      let isListening = false;
      let failure = new WorkerFailure('a worker ended before it listened', EXIT.failed);
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'begun') this.#begun(worker);
        else if (message.type === 'failed') failure = new WorkerFailure(message.message, message.code);
        else {
          isListening = true;
          resolve(message.bound);
        }
      });
      worker.on('error', () => {}); // a message that could not be delivered: its end is told below
      worker.once('exit', (code, signal) => {
        this.#running.delete(worker);
        if (!isListening) reject(failure);
        else if (!this.#stopping) this.#replace(begun, signal ?? code);
        if (this.#running.size === 0) this.#ended();
      });
    });
  }

  #begun(worker: Worker): void {
    const waiting = this.#running.get(worker) ?? [];
    this.#running.set(worker, null);
    this.#tell(worker, { type: 'start', ticketKeys: this.#ticketKeys });
    for (const message of waiting) this.#tell(worker, message);
  }

  #tell(worker: Worker, message: ToWorker): void {
    const waiting = this.#running.get(worker);
    if (waiting) waiting.push(message);
    else if (worker.isConnected()) worker.send(message);
  }

  #replace(begun: number, end: string | number): void {
    if (Date.now() - begun > LIVED) this.#pause = FIRST_PAUSE;
    this.#notices.warn('a worker ended and is replaced', { end, pause_ms: this.#pause });
    setTimeout(() => this.#again(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #again(): void {
    if (this.#stopping) return;
    const begun = Date.now();
    this.#fork().catch((failure: WorkerFailure) => {
      if (this.#stopping) return;
      if (this.#running.size === 0) this.#lose(failure);
      else this.#replace(begun, failure.message);
    });
  }
}
