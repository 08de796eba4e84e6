import { Worker } from 'node:worker_threads';
import { SensorError } from '../../errors.js';
import { cleanLogin } from '../../login/index.js';
import type { ObservationRow, PolicyBatch, ProxiedLogin, SeenLogin } from '../../model/index.js';
import type { LoginRecorder, Notices } from '../../proxy/index.js';
import { errorOf } from '../jobs/messages.js';
import { recordWorkerEntry } from '../record-worker-entry.js';
import { BATCH_ROWS, CLOSE_DEADLINE, FIRST_PAUSE, KEPT_BACK, LONGEST_PAUSE, NOTICE_INTERVAL } from './limits.js';
import type { Batch, FromWriter, ToWriter, WriterSettings } from './messages.js';
import { pack } from './packed.js';
import { policyRowsOf } from './policy-rows.js';
import { RecordQueue } from './queue.js';

/** Starts a thread that writes. */
export type StartWriter = (settings: WriterSettings) => Worker;

export interface RecordingOptions {
  readonly start?: StartWriter;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

const startWriter: StartWriter = (settings) =>
  // It prints nothing. Joined to this process's own they would make a pipe non-blocking.
  new Worker(recordWorkerEntry, { workerData: settings, stdout: true, stderr: true });

/**
 * Records into a database from a thread of its own, behind a queue. Whatever becomes of the database (a lock, a slow or full disk, damage, the thread itself), nobody
 * waits for it: what does not fit the queue is dropped and counted, and what failed is tried again.
 */
export class Recording implements LoginRecorder {
  readonly #settings: WriterSettings;
  readonly #notices: Notices;
  readonly #startWriter: StartWriter;
  readonly #now: () => number;
  readonly #queue = new RecordQueue();
  #thread: Worker | null = null;
  /** With the thread, or to be handed to it again. */
  #batch: Batch | null = null;
  #sent = false;
  /** Until the rows that were kept back are handed over, or those that failed are tried again. */
  #timer: NodeJS.Timeout | null = null;
  #pause = FIRST_PAUSE;
  #failure: SensorError | null = null;
  /** Rows were dropped since the last batch was written. */
  #full = false;
  #droppedUntold = 0;
  #dropped = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #complained = false;
  #closing: (() => void) | null = null;
  #closed = false;

  /** Starts the thread, which opens the database. */
  constructor(
    settings: WriterSettings,
    notices: Notices,
    { start = startWriter, now = () => performance.now() }: RecordingOptions = {},
  ) {
    this.#settings = settings;
    this.#notices = notices;
    this.#startWriter = start;
    this.#now = now;
    // Nothing to write yet: whether it could be, one wants to know now.
    this.#batch = { logins: [], observations: [], policy: [] };
    this.#handOver();
  }

  get failing(): boolean {
    return this.#failure !== null || this.#full;
  }

  /** Rows that were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Of TLS that was passed through only the backend knows what became of the login: that is none. */
  login(login: ProxiedLogin): void {
    if (login.outcome === 'unseen') return;
    // As it is in its log line, so that it is known again when that is read; the names found for it are not stored.
    const clean: ProxiedLogin = { ...cleanLogin(login), recognition: null };
    this.#added(!this.#closed && this.#queue.login(clean as SeenLogin));
  }

  observation(row: ObservationRow): void {
    this.#added(!this.#closed && this.#queue.observation(row));
  }

  /** What a policy decided and learned: all of it, or, where there is no room, nothing. */
  write(batch: PolicyBatch): void {
    const rows = policyRowsOf(batch);
    if (rows > 0) this.#added(!this.#closed && this.#queue.policy(batch), rows);
  }

  /**
   * Writes what waits, and ends the thread.
   *
   * @param deadline milliseconds after which what still waits is given up
   * @returns rows that were dropped in all, those included
   */
  async close(deadline: number = CLOSE_DEADLINE): Promise<number> {
    if (this.#closed) return this.#dropped;
    this.#closed = true;
    const until = this.#now() + deadline;
    const left = (): number => Math.max(0, until - this.#now());
    // What failed is tried now, not when its pause is over.
    this.#pause = FIRST_PAUSE;
    this.#handOver();
    if (this.#batch !== null) {
      await within(left(), (resolve) => {
        this.#closing = resolve;
      });
      this.#closing = null;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = null;
    const lost = this.#queue.rows + (this.#batch === null ? 0 : rowsOf(this.#batch));
    this.#dropped += lost;
    this.#droppedUntold += lost;
    if (thread !== null) {
      tell(thread, { type: 'close' });
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      await within(left(), (resolve) => void ended.then(resolve));
      // One that waits for a lock ends when that wait does: nobody waits for it.
      thread.unref();
      void thread.terminate();
    }
    if (this.#droppedUntold > 0) this.#complain(true);
    return this.#dropped;
  }

  #added(taken: boolean, rows = 1): void {
    if (!taken) {
      this.#full = true;
      this.#dropped += rows;
      this.#droppedUntold += rows;
      this.#complain();
    } else if (this.#batch === null) {
      this.#timer ??= setTimeout(() => this.#handOver(), KEPT_BACK);
    }
  }

  /** Gives the thread the batch that failed, or the next one. */
  #handOver(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#sent) return;
    this.#batch ??= this.#queue.take();
    if (this.#batch === null) {
      this.#closing?.();
      return;
    }
    this.#thread ??= this.#hire();
    this.#sent = true;
    tell(this.#thread, { type: 'write', batch: { ...this.#batch, policy: this.#batch.policy.map(pack) } });
  }

  #hire(): Worker {
    const thread = this.#startWriter(this.#settings);
    let why = 'it ended';
    thread.on('message', (message: FromWriter) => this.#take(message));
    thread.on('error', (error) => {
      why = error.message;
    });
    thread.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      this.#failed(new SensorError('thread_failed', 'database', 0, `the thread that records cannot go on (${why})`));
    });
    return thread;
  }

  #take(message: FromWriter): void {
    switch (message.type) {
      case 'written':
        this.#batch = null;
        this.#sent = false;
        this.#recovered();
        // Full batches at once; of few rows more may come.
        if (this.#closed || this.#queue.rows >= BATCH_ROWS) this.#handOver();
        else if (this.#queue.rows > 0) this.#timer ??= setTimeout(() => this.#handOver(), KEPT_BACK);
        break;
      case 'failed':
        this.#failed(errorOf(message.error));
        break;
      case 'pruned':
        this.#notices.info('kept long enough: addresses cut, rows deleted', {
          cut: message.cut,
          deleted: message.deleted,
        });
        break;
      case 'prune_failed':
        this.#notices.warn('the database could not be pruned', { error: errorOf(message.error) });
        break;
    }
  }

  #failed(error: SensorError): void {
    this.#failure = error;
    this.#sent = false;
    this.#complain();
    if (this.#closed && this.#batch === null) return;
    this.#timer ??= setTimeout(() => this.#handOver(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #recovered(): void {
    this.#failure = null;
    this.#full = false;
    this.#pause = FIRST_PAUSE;
    if (!this.#complained) return;
    this.#complained = false;
    this.#notices.info('the database is written again', this.#counts());
  }

  /** At most once in a while, whatever goes on. */
  #complain(always = false): void {
    if (!always && this.#now() - this.#toldAt < NOTICE_INTERVAL) return;
    this.#toldAt = this.#now();
    this.#complained = true;
    this.#notices.warn(
      this.#failure === null
        ? 'the database is too slow: logins are not recorded'
        : 'the database cannot be written: logins wait, and are dropped when too many do',
      { ...(this.#failure === null ? {} : { error: this.#failure }), ...this.#counts() },
    );
  }

  /** `dropped`: since it was told last. */
  #counts(): Readonly<Record<string, unknown>> {
    const counts = {
      database: this.#settings.database,
      waiting: this.#queue.rows + (this.#batch === null ? 0 : rowsOf(this.#batch)),
      dropped: this.#droppedUntold,
    };
    this.#droppedUntold = 0;
    return counts;
  }
}

const rowsOf = ({ logins, observations, policy }: Batch): number =>
  logins.length + observations.length + policy.reduce((sum, batch) => sum + policyRowsOf(batch), 0);

function tell(thread: Worker, message: ToWriter): void {
  thread.postMessage(message);
}

/** Until it is resolved, or the time is up. */
async function within(milliseconds: number, work: (resolve: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    work(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
