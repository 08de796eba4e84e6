import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { SensorError } from '../../errors.js';
import { MAX_WAITING_BYTES, RETRY_INTERVAL } from './limits.js';

/** Where lines go. */
export type LineTarget = 'stdout' | 'stderr' | { readonly file: string };

/** Told when writing begins to fail, with the system's code: ENOSPC, EPIPE. */
export type OnFailing = (code: string) => void;

/** Told when writing goes on after it failed. `lost`: lines that had no room to wait. */
export type OnRecovered = (lost: number) => void;

const STANDARD = { stdout: 1, stderr: 2 } as const;
const LINE_FEED = Buffer.from('\n');

/**
 * Hands lines to the system one by one, at once. Where it does not take them (a full disk, a full pipe, nobody who reads) they wait, up to a limit, and are tried again;
 * nothing is thrown and nothing waited for.
 */
export class LineSink {
  readonly #target: LineTarget;
  readonly #onRecovered: OnRecovered;
  readonly #onFailing: OnFailing;
  #fd: number;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #failing = false;
  /** The file ends in a part of the first line that waits. */
  #torn = false;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  /** @throws SensorError `log_unwritable` where the file cannot be opened */
  constructor(target: LineTarget, onRecovered: OnRecovered = () => {}, onFailing: OnFailing = () => {}) {
    this.#target = target;
    this.#onRecovered = onRecovered;
    this.#onFailing = onFailing;
    this.#fd = opened(target);
  }

  /** The last try to write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** @param line with its line feed */
  write(line: string): void {
    if (this.#closed) return;
    const bytes = Buffer.from(line, 'utf8');
    if (this.#waiting.length === 0 && this.#put(bytes)) {
      this.#recovered();
      return;
    }
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#lost++;
    } else {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    }
    this.#retry ??= setInterval(() => this.#writeWaiting(), RETRY_INTERVAL).unref();
  }

  /**
   * Opens the file by its name again, for logrotate. Standard output stays what it is.
   *
   * @throws SensorError `log_unwritable`; what was open goes on being written then
   */
  reopen(): void {
    if (typeof this.#target === 'string' || this.#closed) return;
    const fd = opened(this.#target);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#torn = false;
    this.#writeWaiting();
  }

  /** Tries once more what waits. @returns lines that were not written */
  close(): number {
    if (this.#closed) return 0;
    this.#writeWaiting();
    this.#closed = true;
    if (this.#retry !== null) clearInterval(this.#retry);
    if (this.#fd > STANDARD.stderr) closeSync(this.#fd);
    return this.#lost + this.#waiting.length;
  }

  #writeWaiting(): void {
    let written = 0;
    for (const bytes of this.#waiting) {
      if (!this.#put(bytes)) break;
      this.#waitingBytes -= bytes.length;
      written++;
    }
    this.#waiting.splice(0, written);
    if (this.#waiting.length === 0) this.#recovered();
  }

  /** Nothing waits, and the last line was written. */
  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    if (this.#retry !== null) clearInterval(this.#retry);
    this.#retry = null;
    const lost = this.#lost;
    this.#lost = 0;
    this.#onRecovered(lost);
  }

  /** False where it was not written, or not to its end. */
  #put(line: Buffer): boolean {
    let at = 0;
    try {
      // A line that others may have written behind by now is begun again on a line of its own.
      if (this.#torn) {
        writeSync(this.#fd, LINE_FEED);
        this.#torn = false;
      }
      while (at < line.length) at += writeSync(this.#fd, line, at);
      return true;
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      const before = this.#failing;
      this.#failing = true;
      if (at > 0) this.#torn = true;
      if (!before) this.#onFailing(code);
      return false;
    }
  }
}

/** @throws SensorError `log_unwritable` */
function opened(target: LineTarget): number {
  if (typeof target === 'string') return unblocked(STANDARD[target]);
  try {
    // Names and addresses are in it: for the owner and the group, as syslog's files are.
    return openSync(target.file, 'a', 0o640);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new SensorError('log_unwritable', 'log', 0, `${target.file} cannot be written (${code})`, { cause: error });
  }
}

/**
 * A pipe whose reader has stopped reading would hold up the whole process at the next write. Opened anew by its name in /proc it has a description of its own, which
 * does not wait; its other users notice nothing.
 */
function unblocked(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // No /proc, or the other end is closed: as it is.
    return fd;
  }
}
