import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { SensorError } from '../errors.js';

/** Bytes gathered before they are written: large enough that system calls do not count, small enough to stay in the cache. */
const GATHER = 1 << 18;

/** UTF-8 needs no more bytes than this for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** How long to wait for a full pipe to be read from, in milliseconds. */
const FULL_PIPE_WAIT = 5;

/** The reader of our output closed it (`| head`): no error, the command ends quietly. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/**
 * Standard output as whole text, written straight to the file descriptor: process.stdout costs start-up time, and gathers without bound where the
 * reader is slower than we are.
 */
export class Output {
  readonly #descriptor: number;
  #gathered = Buffer.allocUnsafeSlow(GATHER);
  #length = 0;
  /** Buffers that ran full since the last flush. */
  #full: Uint8Array[] = [];
  #written = 0;

  constructor(descriptor = 1) {
    this.#descriptor = descriptor;
  }

  /** Takes text, which goes out with the next {@link flush}. */
  readonly print = (text: string): void => {
    const room = text.length * BYTES_PER_UNIT;
    if (room > GATHER) {
      this.#turnOver();
      this.#full.push(Buffer.from(text, 'utf8'));
      return;
    }
    if (this.#length + room > GATHER) this.#turnOver();
    this.#length += this.#gathered.write(text, this.#length, 'utf8');
  };

  /**
   * Writes what was gathered.
   *
   * @throws OutputClosed where nobody reads any more; SensorError `write_failed` (`disk_full` where that is why), offset = bytes written before
   */
  async flush(): Promise<void> {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    for (const bytes of full) await this.#writeAll(bytes);
    const last = this.#gathered.subarray(0, this.#length);
    this.#length = 0;
    await this.#writeAll(last);
  }

  #turnOver(): void {
    if (this.#length === 0) return;
    this.#full.push(this.#gathered.subarray(0, this.#length));
    this.#gathered = Buffer.allocUnsafeSlow(GATHER);
    this.#length = 0;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      const written = this.#try(bytes, at);
      if (written === null) await setTimeout(FULL_PIPE_WAIT);
      else at += written;
    }
  }

  /** How many bytes went out; null: the pipe is full. */
  #try(bytes: Uint8Array, at: number): number | null {
    try {
      const written = writeSync(this.#descriptor, bytes, at);
      this.#written += written;
      return written;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') return null;
      if (code === 'EPIPE' || code === 'ECONNRESET') throw new OutputClosed('nobody reads the output any more');
      const full = code === 'ENOSPC' || code === 'EDQUOT';
      throw new SensorError(
        full ? 'disk_full' : 'write_failed',
        'output',
        this.#written,
        full
          ? 'the output could not be written: the disk is full'
          : `the output could not be written (${String(code)})`,
        { cause: error },
      );
    }
  }
}
