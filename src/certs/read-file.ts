import { readFileSync, statSync } from 'node:fs';
import { SensorError } from '../errors.js';
import type { FileText } from './types.js';

/** Why the system does not let a file be read, in our words. */
function why(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      return `cannot be read (${code ?? String(error)})`;
  }
}

/**
 * Reads a small text file whole. Nothing but a plain file is opened: a pipe could hold the program for ever.
 *
 * @throws SensorError `file_unreadable`, `file_too_large`; the message names the file
 */
export function readTextFile(path: string, maxBytes: number): FileText {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) {
      const what = stat.isDirectory() ? 'is a directory' : 'is no plain file';
      throw new SensorError('file_unreadable', 'file', 0, `${path}: ${what}`);
    }
    if (stat.size > maxBytes) {
      throw new SensorError('file_too_large', 'file', 0, `${path}: has ${stat.size} bytes, of ${maxBytes} at most`);
    }
    return { text: readFileSync(path, 'utf8'), mode: stat.mode };
  } catch (error) {
    if (error instanceof SensorError) throw error;
    throw new SensorError('file_unreadable', 'file', 0, `${path}: ${why(error)}`, { cause: error });
  }
}
