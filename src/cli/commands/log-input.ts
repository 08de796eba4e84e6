import { type FileHandle, open } from 'node:fs/promises';
import { SensorError } from '../../errors.js';
import { logError } from './log-errors.js';
import { Follower } from './log-follow.js';

export interface LogInputOptions {
  readonly signal: AbortSignal;
  readonly follow: boolean;
  /** Between two reads. */
  readonly onProgress?: (bytesRead: number, totalBytes: number | null) => void;
}

/** Bytes as they come; `end`: the file ended there, and what follows is another one. A chunk is valid until the next is asked for. */
export type LogChunk = Buffer | 'end';

/** What is read at once: large enough that system calls do not count, small enough that its logins are printed before the collector has to keep them. */
const READ_BYTES = 65_536;

/** A log being read. */
export interface LogInput {
  /** Seconds since 1970-01-01 UTC that no line is later than. */
  readonly latest: () => number;
  /** Ends early, without an error, when the signal comes. */
  readonly chunks: () => AsyncGenerator<LogChunk, void, undefined>;
  close(): Promise<void>;
}

const now = (): number => Date.now() / 1000;

/**
 * Opens a log.
 *
 * @param path `-` for standard input
 * @throws SensorError `log_missing`, `log_unreadable`; also while reading
 */
export async function openLog(path: string, options: LogInputOptions): Promise<LogInput> {
  if (path === '-') return { latest: now, chunks: () => standardInput(options.signal), close: async () => {} };
  if (options.follow) {
    const follower = new Follower(path, options.signal, READ_BYTES);
    return { latest: now, chunks: () => unlessGzip(follower.chunks()), close: () => follower.close() };
  }
  const { file, mtime, size } = await opened(path);
  return {
    // A pipe has no last change.
    latest: size === null ? now : () => mtime,
    chunks: () => unlessGzip(wholeFile(file, size, options)),
    close: () => file.close(),
  };
}

async function opened(path: string): Promise<{ file: FileHandle; mtime: number; size: number | null }> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, 'r');
    const stat = await file.stat();
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return { file, mtime: stat.mtimeMs / 1000, size: stat.isFile() ? stat.size : null };
  } catch (error) {
    await file?.close();
    throw logError(error, 0);
  }
}

async function* wholeFile(
  file: FileHandle,
  size: number | null,
  { signal, onProgress }: LogInputOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const space = Buffer.allocUnsafeSlow(READ_BYTES);
  let position = 0;
  while (!signal.aborted) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await file.read(space, 0, READ_BYTES, null));
    } catch (error) {
      throw logError(error, position);
    }
    if (bytesRead === 0) return;
    position += bytesRead;
    onProgress?.(position, size);
    yield space.subarray(0, bytesRead);
  }
}

async function* standardInput(signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  // A read may be waiting for a writer that never comes.
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) yield* process.stdin as AsyncIterable<Buffer>;
  } catch (error) {
    if (!signal.aborted) throw logError(error, 0);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Rotated logs are gzipped, and easily named by a pattern. */
async function* unlessGzip(chunks: AsyncGenerator<LogChunk>): AsyncGenerator<LogChunk, void, undefined> {
  let first = true;
  for await (const chunk of chunks) {
    // RFC 1952 section 2.3.1: ID1 and ID2
    if (first && chunk !== 'end' && chunk[0] === 0x1f && chunk[1] === 0x8b) {
      throw new SensorError('log_compressed', 'file', 0, 'is gzipped: unpack it first (zcat FILE | ja3-sensor log -)');
    }
    first = false;
    yield chunk;
  }
}
