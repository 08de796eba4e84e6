import { Reader } from '../bytes/reader.js';
import { HandshakeType } from './handshake.js';
import { MAX_RECORD_BYTES } from './limits.js';
import { ContentType, isContentType, RECORD_HEADER_BYTES, RECORD_MAJOR_VERSION } from './record.js';

/**
 * What the first bytes of a direction are:
 *
 * - `client_hello`: TLS of a client, or what may stand before its hello (an empty record, a warning alert);
 * - `server_hello`: the answer to a hello;
 * - `later_tls`: TLS past its hellos;
 * - `no`: no TLS; `more`: too few bytes to tell.
 */
export type TlsOpening = 'client_hello' | 'server_hello' | 'later_tls' | 'no' | 'more';

/** Looks at six bytes at most: a record header and the type of the first handshake message (RFC 8446 sections 4 and 5.1). */
export function tlsOpening(bytes: Uint8Array): TlsOpening {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return 'more';
  const type = reader.u8('type');
  if (!isContentType(type)) return 'no';
  if (reader.remaining === 0) return 'more';
  if (reader.u8('legacy_record_version') !== RECORD_MAJOR_VERSION) return 'no';
  if (reader.remaining < RECORD_HEADER_BYTES - 2) return 'more';
  reader.skip(1, 'legacy_record_version');
  const length = reader.u16('length');
  if (length > MAX_RECORD_BYTES) return 'no';
  if (type === ContentType.alert) return length <= 2 ? 'client_hello' : 'later_tls';
  if (type !== ContentType.handshake) return 'later_tls';
  if (length === 0) return 'client_hello';
  if (reader.remaining === 0) return 'more';
  switch (reader.u8('msg_type')) {
    case HandshakeType.clientHello:
      return 'client_hello';
    case HandshakeType.helloRequest:
    case HandshakeType.serverHello:
      return 'server_hello';
    default:
      return 'later_tls';
  }
}
