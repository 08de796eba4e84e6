import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { logError } from './log-errors.js';
import type { LogChunk } from './log-input.js';

/** Milliseconds between two looks where nothing is heard: network file systems tell of no change, and folders may not exist yet. */
const LOOK = 500;

/**
 * A file that grows, as `tail -F` follows it: by its name. It may be missing, be renamed away with a new one in its place (logrotate's `create`), or be cut
 * to nothing (`copytruncate`): all that was written is read once, as far as that can be. (What is written between logrotate's copy and its cut is lost to
 * anybody; a file cut and filled beyond where we were before we look again is taken for the old one that grew.)
 */
export class Follower {
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #space: Buffer;
  #file: FileHandle | null = null;
  #identity = '';
  #position = 0;
  #watcher: FSWatcher | null = null;
  /** Something changed since the last look. */
  #changed = false;
  #wake: (() => void) | null = null;

  constructor(path: string, signal: AbortSignal, readBytes: number) {
    this.#path = path;
    this.#signal = signal;
    this.#space = Buffer.allocUnsafeSlow(readBytes);
  }

  /** Ends when the signal comes. @throws SensorError `log_unreadable` */
  async *chunks(): AsyncGenerator<LogChunk, void, undefined> {
    const wake = (): void => this.#wake?.();
    this.#signal.addEventListener('abort', wake);
    try {
      while (!this.#signal.aborted) {
        this.#listen();
        this.#changed = false;
        yield* this.#rest();
        const next = await this.#successor();
        if (next === 'same') {
          await this.#pause();
          continue;
        }
        // Whoever writes may have written to the old one until now.
        yield* this.#rest();
        if (this.#file !== null) yield 'end';
        await this.#turnTo(next);
      }
    } catch (error) {
      throw logError(error, this.#position);
    } finally {
      this.#signal.removeEventListener('abort', wake);
    }
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    this.#watcher = null;
    await this.#file?.close();
    this.#file = null;
  }

  /** What there is and was not read yet. */
  async *#rest(): AsyncGenerator<Buffer, void, undefined> {
    while (this.#file !== null && !this.#signal.aborted) {
      const { bytesRead } = await this.#file.read(this.#space, 0, this.#space.length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      yield this.#space.subarray(0, bytesRead);
    }
  }

  /** What is to be read next: the same file, the same from its start, or the one that has its name now. */
  async #successor(): Promise<'same' | 'start' | FileHandle> {
    if (this.#file !== null && (await this.#file.stat()).size < this.#position) return 'start';
    const identity = await identityOf(this.#path);
    if (identity === null || identity === this.#identity) return 'same';
    try {
      return await open(this.#path, 'r');
    } catch (error) {
      // Gone again, or not readable yet: logrotate creates first and gives it to its owner then.
      if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '') && this.#file !== null)
        return 'same';
      throw error;
    }
  }

  async #turnTo(next: 'start' | FileHandle): Promise<void> {
    this.#position = 0;
    if (next === 'start') return;
    await this.#file?.close();
    this.#file = next;
    const { dev, ino } = await next.stat();
    this.#identity = `${dev} ${ino}`;
  }

  /** The folder is watched, not the file: a new one of the same name is heard of too. */
  #listen(): void {
    if (this.#watcher !== null) return;
    const name = basename(this.#path);
    try {
      this.#watcher = watch(dirname(this.#path), (_event, changed) => {
        if (changed !== null && changed !== name) return;
        this.#changed = true;
        this.#wake?.();
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = null;
      });
    } catch {
      // No such folder yet, or no more watches: looking now and then has to do.
      this.#watcher = null;
    }
  }

  /** Until something changed, or it is time to look. */
  #pause(): Promise<void> {
    if (this.#changed || this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), LOOK);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}

/** What tells a file from another of the same name; null: there is none. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev} ${ino}`;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
