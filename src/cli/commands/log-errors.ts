import { SensorError } from '../../errors.js';
import { unreadable } from '../unreadable.js';

/** Errors of the operating system, in our words. */
export function logError(error: unknown, offset: number): SensorError {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SensorError('log_missing', 'file', offset, 'no such file', options);
  }
  return new SensorError('log_unreadable', 'file', offset, unreadable(code, error), options);
}
