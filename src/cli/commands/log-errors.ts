import { SensorError } from '../../errors.js';

/** Errors of the operating system, in our words. */
export function logError(error: unknown, offset: number): SensorError {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SensorError('log_missing', 'file', offset, 'no such file', options);
  }
  const reason =
    code === 'EISDIR'
      ? 'is a directory'
      : code === 'EACCES' || code === 'EPERM'
        ? 'permission denied'
        : `cannot be read (${code ?? String(error)})`;
  return new SensorError('log_unreadable', 'file', offset, reason, options);
}
