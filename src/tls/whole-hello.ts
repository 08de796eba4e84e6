import { SensorError } from '../errors.js';
import type { ClientHello } from '../model/index.js';
import { parseClientHello } from './client-hello.js';
import { HANDSHAKE_HEADER_BYTES, HandshakeType } from './handshake.js';
import { MAX_HELLO_BYTES, MAX_RECORD_BYTES } from './limits.js';
import { ContentType, RECORD_HEADER_BYTES, RECORD_MAJOR_VERSION } from './record.js';

/**
 * The commonest case of a {@link HelloStream}, without one: the bytes begin with a record that holds one whole ClientHello and nothing else. Two of three
 * connections of today begin so, and need no state then.
 *
 * ```
 *  0            1        3        5      6          9
 *  +------------+--------+--------+------+----------+------------------+
 *  | 16         | 03 xx  | length | 01   | length-4 | …                |
 *  +------------+--------+--------+------+----------+------------------+
 * ```
 *
 * The record ends `RECORD_HEADER_BYTES + hello.raw.length` bytes in. null is no verdict: a HelloStream must decide, and says why a hello is refused.
 */
export function wholeClientHello(bytes: Uint8Array): ClientHello | null {
  const record = announcedClientHello(bytes);
  if (record === 0 || bytes.length < RECORD_HEADER_BYTES + record) return null;
  try {
    return parseClientHello(bytes.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + record));
  } catch (error) {
    if (error instanceof SensorError) return null;
    throw error;
  }
}

/** Bytes of the record at the start, where it says that it holds one whole ClientHello and nothing else; else 0. */
export function announcedClientHello(bytes: Uint8Array): number {
  const least = RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES;
  if (bytes.length < least || bytes[0] !== ContentType.handshake || bytes[1] !== RECORD_MAJOR_VERSION) return 0;
  const record = (bytes[3]! << 8) | bytes[4]!;
  const hello = HANDSHAKE_HEADER_BYTES + ((bytes[6]! << 16) | (bytes[7]! << 8) | bytes[8]!);
  if (bytes[5] !== HandshakeType.clientHello || hello !== record) return 0;
  return record > MAX_RECORD_BYTES || hello > MAX_HELLO_BYTES ? 0 : record;
}

/** Where the whole change_cipher_spec records at the start end: before a second hello there may be such (RFC 8446 appendix D.4). */
export function afterChangeCipherSpec(bytes: Uint8Array): number {
  let at = 0;
  while (
    bytes.length - at > RECORD_HEADER_BYTES &&
    bytes[at] === ContentType.changeCipherSpec &&
    bytes[at + 1] === RECORD_MAJOR_VERSION &&
    bytes[at + 3] === 0 &&
    bytes[at + 4] === 1
  ) {
    at += RECORD_HEADER_BYTES + 1;
  }
  return at;
}

/**
 * At the start of a record after a hello, change_cipher_spec past: could another hello follow? Application data and other handshake messages say no. As with
 * {@link wholeClientHello}, a yes leaves it to a HelloStream.
 */
export function helloMayFollow(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at];
  if (type === ContentType.applicationData) return false;
  if (type !== ContentType.handshake || bytes.length - at <= RECORD_HEADER_BYTES) return true;
  const isEmpty = bytes[at + 3] === 0 && bytes[at + 4] === 0;
  return isEmpty || bytes[at + RECORD_HEADER_BYTES] === HandshakeType.clientHello;
}
