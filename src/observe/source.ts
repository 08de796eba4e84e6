import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SensorError } from '../errors.js';

/** A path, or the bytes themselves, whole or in chunks of any size: `process.stdin` is such. */
export type CaptureSource = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes as they come: each call fills the front of `into` and says how much; 0 is the end. */
export interface ByteSource {
  /** Size of the whole input, where it is known. */
  readonly total: number | null;
  /** Bytes read so far. */
  readonly position: number;
  read(into: Uint8Array): number | Promise<number>;
  close(): void;
}

/** Between two looks at a pipe that someone else has set non-blocking. */
const retryMilliseconds = 5;

/** @throws SensorError `capture_missing`, `read_failed` */
export function openSource(source: CaptureSource): ByteSource {
  if (typeof source === 'string') return openFile(source);
  return new ChunkSource(source instanceof Uint8Array ? [source] : source);
}

function openFile(path: string): ByteSource {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw readError(error, 0);
  }
  const stat = fstatSync(descriptor);
  return stat.isFile() ? new FileSource(descriptor, stat.size) : new DescriptorSource(descriptor);
}

/** A regular file: reading it blocks for no longer than the disk takes. */
class FileSource implements ByteSource {
  readonly total: number;
  position = 0;
  readonly #descriptor: number;

  constructor(descriptor: number, total: number) {
    this.#descriptor = descriptor;
    this.total = total;
  }

  read(into: Uint8Array): number {
    try {
      const count = readSync(this.#descriptor, into, 0, into.length, null);
      this.position += count;
      return count;
    } catch (error) {
      throw readError(error, this.position);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** A named pipe or a device: the next bytes may take for ever, and a signal must still be heard. */
class DescriptorSource implements ByteSource {
  readonly total = null;
  position = 0;
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async read(into: Uint8Array): Promise<number> {
    for (;;) {
      const count = await this.#readOnce(into);
      if (count >= 0) {
        this.position += count;
        return count;
      }
      await sleep(retryMilliseconds);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** -1: nothing there yet. */
  #readOnce(into: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#descriptor, into, 0, into.length, null, (error, count) => {
        if (error === null) resolve(count);
        else if (error.code === 'EAGAIN') resolve(-1);
        else if (error.code === 'EOF') resolve(0);
        else reject(readError(error, this.position));
      });
    });
  }
}

/** Bytes from the caller, or from another source that was unpacked. */
export class ChunkSource implements ByteSource {
  readonly total = null;
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  async read(into: Uint8Array): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return 0;
      this.#rest = next.value;
    }
    const count = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    this.position += count;
    return count;
  }

  close(): void {
    void this.#chunks.return?.();
  }
}

/** A source whose first bytes were read already. */
export class PeekedSource implements ByteSource {
  readonly total: number | null;
  readonly #source: ByteSource;
  #first: Uint8Array;

  constructor(first: Uint8Array, source: ByteSource) {
    this.#first = first;
    this.#source = source;
    this.total = source.total;
  }

  get position(): number {
    return this.#source.position;
  }

  read(into: Uint8Array): number | Promise<number> {
    if (this.#first.length === 0) return this.#source.read(into);
    const count = Math.min(into.length, this.#first.length);
    into.set(this.#first.subarray(0, count));
    this.#first = this.#first.subarray(count);
    return count;
  }

  close(): void {
    this.#source.close();
  }
}

/** Errors of the operating system, in our words. */
function readError(error: unknown, offset: number): SensorError {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  switch (code) {
    case 'ENOENT':
      return new SensorError('capture_missing', 'file', offset, 'no such file', options);
    case 'EISDIR':
      return new SensorError('not_a_capture', 'file', offset, 'is a directory', options);
    case 'EACCES':
    case 'EPERM':
      return new SensorError('read_failed', 'file', offset, 'permission denied', options);
    default:
      return new SensorError('read_failed', 'file', offset, `cannot be read (${code ?? String(error)})`, options);
  }
}
