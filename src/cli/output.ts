import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { SensorError } from '../errors.js';
import { TextPieces } from './text-pieces.js';

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
  readonly #pieces = new TextPieces();
  #written = 0;

  constructor(descriptor = 1) {
    this.#descriptor = descriptor;
  }

  /** Takes text or its bytes, which go out with the next {@link flush}. */
  readonly print = this.#pieces.print;

  /** The same of text that is UTF-8 already; the bytes belong to the output from now on. */
  printBytes(bytes: Uint8Array): void {
    this.#pieces.add(bytes);
  }

  /**
   * Writes what was gathered.
   *
   * @throws OutputClosed where nobody reads any more; SensorError `write_failed` (`disk_full` where that is why), offset = bytes written before
   */
  async flush(): Promise<void> {
    for (const bytes of this.#pieces.takeFull()) await this.#writeAll(bytes);
    await this.#writeAll(this.#pieces.takeRest());
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
