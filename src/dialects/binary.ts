import { Reader } from '../bytes/reader.js';
import { SensorError } from '../errors.js';
import { NOT_THIS } from './turns.js';

/**
 * Reads one whole binary message and returns the offset behind it; what does not fit its own framing is {@link NOT_THIS}. The reader ends with the
 * message, so nothing reads past it.
 */
export function readMessage(bytes: Uint8Array, at: number, end: number, read: (reader: Reader) => boolean): number {
  try {
    return read(new Reader(bytes, at, end)) ? end : NOT_THIS;
  } catch (error) {
    if (error instanceof SensorError) return NOT_THIS;
    throw error;
  }
}
