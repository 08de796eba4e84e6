import type { Extension, ServerHello } from '../model/index.js';
import { ExtensionType, readSelectedVersion } from './extensions/index.js';
import { HandshakeType, messageBody, RANDOM_BYTES, readExtensionBlock } from './handshake.js';

/** SHA-256 of "HelloRetryRequest", RFC 8446 section 4.1.3. */
const HELLO_RETRY_REQUEST_RANDOM = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/** Drafts of TLS 1.3 are 0x7f00 + number. Up to draft 21 their ServerHello had neither session id nor compression method. */
const FIRST_SHORT_DRAFT = 0x7f00;
const LAST_SHORT_DRAFT = 0x7f15;

/**
 * Parses a ServerHello: one whole handshake message, its four-byte header included (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3). The message
 * is copied.
 *
 * @throws SensorError `not_server_hello`, `truncated` or `trailing_bytes`, offsets counted from the start of the message
 */
export function parseServerHello(bytes: Uint8Array): ServerHello {
  const message = Buffer.from(bytes);
  const body = messageBody(message, HandshakeType.serverHello, 'not_server_hello');
  const legacyVersion = body.u16('legacy_version');
  const random = body.bytes(RANDOM_BYTES, 'random');
  const short = legacyVersion >= FIRST_SHORT_DRAFT && legacyVersion <= LAST_SHORT_DRAFT;
  const sessionId = body.bytes(short ? 0 : body.u8('legacy_session_id_echo'), 'legacy_session_id_echo');
  const cipherSuite = body.u16('cipher_suite');
  const compressionMethod = short ? 0 : body.u8('legacy_compression_method');
  const block = readExtensionBlock(message, body, 'server_hello');
  const extensions: readonly Extension[] | null = block === null ? null : block.list();
  return {
    type: 'server_hello',
    raw: message,
    legacyVersion,
    random,
    sessionId,
    cipherSuite,
    compressionMethod,
    extensions,
    selectedVersion: block === null ? null : block.interpret(ExtensionType.supportedVersions, readSelectedVersion),
    helloRetryRequest: HELLO_RETRY_REQUEST_RANDOM.every((byte, i) => random[i] === byte),
  };
}
