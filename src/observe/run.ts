import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CaptureLimits, defaultCaptureLimits } from '../capture/index.js';
import type { Observation, OpenSslGeneration } from '../model/index.js';
import { bytesPerTurn, readyBytes } from './limits.js';
import { type ByteSource, type CaptureSource, openSource } from './source.js';
import { type CaptureStats, emptyStats } from './stats.js';
import { unpackIfGzip } from './unpack.js';
import { type Rejection, Watcher } from './watcher.js';

export interface ReadCaptureOptions {
  /** Name in the observations' `file`; default: the path, `-` for what has none. */
  readonly name?: string;
  /** Which OpenSSL the Dovecot of `ssl_ja3` is linked with; default 3.0. */
  readonly openssl?: OpenSslGeneration;
  /** Wait for the ServerHello of every hello, at most a second of capture time: observations then carry `server`. */
  readonly server?: boolean;
  readonly limits?: Partial<CaptureLimits>;
  /** Stops reading; what was seen so far is delivered. */
  readonly signal?: AbortSignal;
  /** Called between reads. Bytes of the input as it is stored; the total is null where it is not known. */
  readonly onProgress?: (bytesRead: number, totalBytes: number | null) => void;
  /** Called for every hello that could not be read. */
  readonly onRejected?: (rejection: Rejection) => void;
}

/**
 * One capture being read: its observations in batches, and what was seen.
 *
 * ```ts
 * const run = new CaptureRun('mail.pcapng');
 * for await (const batch of run.batches()) for (const observation of batch) console.log(observation.fingerprint.ja3.hash);
 * console.log(run.stats.packets);
 * ```
 */
export class CaptureRun {
  /** Counted while the capture is read, final after it. */
  readonly stats: CaptureStats = emptyStats();
  readonly #source: CaptureSource;
  readonly #options: ReadCaptureOptions;
  readonly #watcher: Watcher;

  constructor(source: CaptureSource, options: ReadCaptureOptions = {}) {
    this.#source = source;
    this.#options = options;
    this.#watcher = new Watcher(this.stats, {
      file: options.name ?? (typeof source === 'string' ? source : '-'),
      openssl: options.openssl ?? '3.0',
      server: options.server ?? false,
      limits: { ...defaultCaptureLimits, ...options.limits },
      onRejected: options.onRejected,
    });
  }

  /**
   * The observations, as their hellos complete. To be iterated once.
   *
   * @throws SensorError after the last batch where the capture could not be read to its end; docs/errors.md lists the codes
   */
  async *batches(): AsyncGenerator<readonly Observation[], void, undefined> {
    const watcher = this.#watcher;
    const input = openSource(this.#source);
    let failure: unknown = null;
    try {
      for await (const _ of this.#reads(input)) {
        const ready = watcher.take();
        if (ready.length > 0) yield ready;
      }
      if (this.#options.signal?.aborted !== true) failure = watcher.reader.end();
    } catch (error) {
      failure = error;
    }
    watcher.finish();
    const rest = watcher.take();
    if (rest.length > 0) yield rest;
    if (failure !== null) throw failure;
  }

  /** Reads to the input's end, straight into the reader's window; yields where rows may be ready. Closes the input. */
  async *#reads(input: ByteSource): AsyncGenerator<void> {
    const { signal, onProgress } = this.#options;
    const { reader } = this.#watcher;
    let open = input;
    try {
      const source = await unlessAborted(unpackIfGzip(input), signal);
      if (source !== null) open = source;
      let turn = bytesPerTurn;
      while (source !== null && signal?.aborted !== true) {
        const reading = this.#read(source, turn);
        if (reading === 0) return;
        if (reading !== null) {
          // What is ready must not wait for a pipe's next bytes.
          if (this.#watcher.readyBytes > 0) yield;
          const count = await unlessAborted(reading, signal);
          if (count === null || count === 0) return;
          this.stats.bytes += count;
          reader.wrote(count);
        }
        onProgress?.(input.position, input.total);
        yield;
        if (input.position > turn) {
          turn = input.position + bytesPerTurn;
          await nextTurn();
        }
      }
    } finally {
      open.close();
    }
  }

  /**
   * Reads as long as that needs no waiting, until rows are ready or it is someone else's turn: null. 0: the input is over. A promise: the number of bytes that
   * are being put into the reader's space.
   */
  #read(source: ByteSource, turn: number): Promise<number> | 0 | null {
    const watcher = this.#watcher;
    const { reader } = watcher;
    do {
      const count = source.read(reader.space());
      if (count === 0 || typeof count !== 'number') return count;
      this.stats.bytes += count;
      reader.wrote(count);
    } while (watcher.readyBytes < readyBytes && source.position <= turn);
    return null;
  }
}

/** null: the signal came first. A read from a pipe cannot be taken back, and may never end. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(null);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
