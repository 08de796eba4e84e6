import { SensorError } from '../errors.js';
import type { ClientHello } from '../model/index.js';
import { HelloStream, MAX_HELLO_BYTES, parseClientHello } from '../tls/index.js';
import { MAX_HELLOS } from './limits.js';

/** A ClientHello, and what was around it. */
export interface FoundHello {
  readonly hello: ClientHello;
  /** The version of the first record, where there was one: ja3 does not use it, some tools do. */
  readonly recordVersion: number | null;
}

export interface FoundHellos {
  /** One at least. */
  readonly hellos: readonly FoundHello[];
  /** Bytes behind the last one. */
  readonly bytesLeft: number;
}

/** HandshakeType client_hello and server_hello (RFC 8446 section 4): what a message without its record begins with. */
const BARE = [1, 2];

const HANDSHAKE_HEADER = 4;

/**
 * The ClientHellos in what a client sends: TLS records, or handshake messages without them.
 *
 * @throws SensorError with the codes of HelloStream and parseClientHello where the bytes do not begin with a hello; `hello_incomplete` where they end in one
 */
export function findHellos(bytes: Uint8Array): FoundHellos {
  if (bytes.length === 0) throw new SensorError('hello_incomplete', 'handshake', 0, 'no bytes');
  return BARE.includes(bytes[0]!) ? bareMessages(bytes) : inRecords(bytes);
}

function inRecords(bytes: Uint8Array): FoundHellos {
  const recordVersion = bytes.length >= 3 ? (bytes[1]! << 8) | bytes[2]! : null;
  const stream = new HelloStream();
  const hellos: FoundHello[] = [];
  let rest = bytes;
  while (rest.length > 0 && hellos.length < MAX_HELLOS) {
    const outcome = stream.push(rest);
    if (outcome.state === 'done') {
      hellos.push({ hello: outcome.hello, recordVersion });
      rest = rest.subarray(outcome.consumed);
      continue;
    }
    // What follows a hello need not be one: data, or the other messages of a dump.
    if (hellos.length > 0) break;
    throw outcome.state === 'rejected' ? outcome.error : incomplete(bytes.length);
  }
  return { hellos, bytesLeft: rest.length };
}

function bareMessages(bytes: Uint8Array): FoundHellos {
  const hellos: FoundHello[] = [];
  let rest = bytes;
  while (rest.length > 0 && hellos.length < MAX_HELLOS) {
    const message = wholeMessage(rest);
    // What follows a hello need not be one.
    if (hellos.length > 0 && (rest[0] !== BARE[0] || message === null)) break;
    if (message === null) throw incomplete(bytes.length);
    if (message.length > MAX_HELLO_BYTES) {
      throw new SensorError('hello_too_large', 'handshake_length', 1, `a hello of ${message.length} bytes`);
    }
    hellos.push({ hello: parseClientHello(message), recordVersion: null });
    rest = rest.subarray(message.length);
  }
  return { hellos, bytesLeft: rest.length };
}

/** The handshake message these bytes begin with (RFC 8446 section 4); null where it is not whole. */
function wholeMessage(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < HANDSHAKE_HEADER) return null;
  const length = HANDSHAKE_HEADER + ((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!);
  return length > bytes.length ? null : bytes.subarray(0, length);
}

function incomplete(there: number): SensorError {
  return new SensorError(
    'hello_incomplete',
    'handshake',
    there,
    `the ${there} bytes that are there end inside a hello`,
  );
}
