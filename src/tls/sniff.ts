import { Reader } from '../bytes/reader.js';
import { HANDSHAKE_HEADER_BYTES, HandshakeType } from './handshake.js';
import { MAX_HELLO_BYTES, MAX_RECORD_BYTES } from './limits.js';
import { ContentType, RECORD_HEADER_BYTES, RECORD_MAJOR_VERSION } from './record.js';

/** What the first bytes say: `more` only while they could still become a `yes`. */
export type Sniff = 'yes' | 'no' | 'more';

/** legacy_version, random, empty session id, empty cipher list, empty compression list. */
const SMALLEST_CLIENT_HELLO = 2 + 32 + 1 + 2 + 1;

/**
 * Could a TLS record holding the start of a ClientHello begin at `start`? Looks at nine bytes at most. Meant for arbitrary places in a stream; a
 * `yes` is a strong hint and nothing more, a {@link HelloStream} decides.
 */
export function looksLikeHello(bytes: Uint8Array, start = 0, end: number = bytes.length): Sniff {
  const reader = new Reader(bytes, start, end);
  if (reader.remaining < 1) return 'more';
  if (reader.u8('type') !== ContentType.handshake) return 'no';
  if (reader.remaining < 1) return 'more';
  if (reader.u8('legacy_record_version') !== RECORD_MAJOR_VERSION) return 'no';
  if (reader.remaining < RECORD_HEADER_BYTES - 2) return 'more';
  reader.skip(1, 'legacy_record_version');
  const recordLength = reader.u16('length');
  if (recordLength === 0 || recordLength > MAX_RECORD_BYTES) return 'no';
  if (reader.remaining < 1) return 'more';
  if (reader.u8('msg_type') !== HandshakeType.clientHello) return 'no';
  // A record may end inside the handshake header: what follows then is another record's header.
  if (recordLength < HANDSHAKE_HEADER_BYTES) return 'yes';
  if (reader.remaining < HANDSHAKE_HEADER_BYTES - 1) return 'more';
  const helloLength = reader.u24('handshake_length');
  return helloLength >= SMALLEST_CLIENT_HELLO && helloLength <= MAX_HELLO_BYTES - HANDSHAKE_HEADER_BYTES ? 'yes' : 'no';
}

const SSLV2_CLIENT_HELLO = 1;
/** Bytes after the two of the length and before the cipher list. */
const SSLV2_FIXED_BYTES = 9;

/**
 * Does an SSLv2-format ClientHello begin at `start` (RFC 5246 appendix E.2, RFC 6101 appendix E)? Its first eleven bytes: two of length with the
 * high bit set, msg_type 1, a version (2.0, or 3.x from a client that can speak more), and three lengths that must add up.
 */
export function looksLikeSslv2Hello(bytes: Uint8Array, start = 0, end: number = bytes.length): Sniff {
  const reader = new Reader(bytes, start, end);
  if (reader.remaining < 1) return 'more';
  const first = reader.u8('msg_length');
  if ((first & 0x80) === 0) return 'no';
  if (reader.remaining < 1) return 'more';
  const messageLength = ((first & 0x7f) << 8) | reader.u8('msg_length');
  if (reader.remaining < 1) return 'more';
  if (reader.u8('msg_type') !== SSLV2_CLIENT_HELLO) return 'no';
  if (reader.remaining < 1) return 'more';
  const major = reader.u8('version');
  if (major !== 0 && major !== 3) return 'no';
  if (reader.remaining < 1) return 'more';
  const minor = reader.u8('version');
  if (major === 0 && minor !== 2) return 'no';
  if (reader.remaining < 6) return 'more';
  const ciphers = reader.u16('cipher_spec_length');
  const sessionId = reader.u16('session_id_length');
  const challenge = reader.u16('challenge_length');
  if (ciphers === 0 || ciphers % 3 !== 0) return 'no';
  // 16 to 32 bytes of challenge; a session id is 0 or 16 bytes.
  if (challenge < 16 || challenge > 32 || (sessionId !== 0 && sessionId !== 16)) return 'no';
  return SSLV2_FIXED_BYTES + ciphers + sessionId + challenge === messageLength ? 'yes' : 'no';
}

/** Bytes after which {@link looksLikeSslv2Hello} has always decided. */
export const SSLV2_SNIFF_BYTES = 2 + SSLV2_FIXED_BYTES;
