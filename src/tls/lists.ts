import type { Reader } from '../bytes/reader.js';
import { SensorError } from '../errors.js';

/** Reads the rest of `list` as 16-bit numbers. An odd number of bytes is refused with `odd_length`. */
export function u16List(list: Reader, field: string): number[] {
  if (list.remaining % 2 !== 0) {
    throw new SensorError(
      'odd_length',
      field,
      list.offset,
      `${field} at offset ${list.offset} holds ${list.remaining} bytes, not a whole number of pairs`,
    );
  }
  const values: number[] = [];
  while (list.remaining > 0) values.push(list.u16(field));
  return values;
}

/** Reads the rest of `list` as bytes. */
export function u8List(list: Reader, field: string): number[] {
  const values: number[] = [];
  while (list.remaining > 0) values.push(list.u8(field));
  return values;
}

/** Reads the rest of `text` as Latin-1, one character a byte: nothing sent is lost, and nothing is interpreted. */
export function latin1(text: Reader, field: string): string {
  const bytes = text.bytes(text.remaining, field);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
