import { SensorError } from '../errors.js';

/** What can be wrong with a capture file as a whole. Listed in docs/errors.md. */
export type CaptureErrorCode =
  | 'capture_empty'
  | 'not_a_capture'
  | 'capture_cut'
  | 'capture_corrupt'
  | 'capture_unsupported';

/** @param offset byte offset in the (decompressed) file of the structure that cannot be read */
export function captureError(code: CaptureErrorCode, field: string, offset: number, message: string): SensorError {
  return new SensorError(code, field, offset, message);
}
