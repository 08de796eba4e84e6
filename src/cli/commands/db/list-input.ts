import { createReadStream, fstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { SensorError } from '../../../errors.js';
import { unreadable } from '../../unreadable.js';

/** A list being read. */
export interface ListInput {
  /** Bytes; null where nobody knows. */
  readonly total: number | null;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a list; `-` is standard input.
 *
 * @throws SensorError `list_missing`, `list_unreadable`; also while it is read
 */
export async function openList(path: string): Promise<ListInput> {
  if (path === '-') return { total: null, chunks: process.stdin as AsyncIterable<Uint8Array> };
  try {
    const file = await open(path, 'r');
    const stat = fstatSync(file.fd);
    if (stat.isDirectory()) {
      await file.close();
      throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    }
    return { total: stat.isFile() ? stat.size : null, chunks: told(createReadStream(path, { fd: file })) };
  } catch (error) {
    throw listError(error, 0);
  }
}

async function* told(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0;
  try {
    for await (const chunk of stream) {
      position += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw listError(error, position);
  }
}

function listError(error: unknown, position: number): SensorError {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SensorError('list_missing', 'list', position, 'no such file', options);
  }
  return new SensorError('list_unreadable', 'list', position, unreadable(code, error), options);
}
