import { Reader } from '../bytes/reader.js';
import { SensorError } from '../errors.js';
import { ExtensionBlock } from './extension-block.js';

/** HandshakeType, RFC 8446 section 4 and RFC 5246 section 7.4. */
export const HandshakeType = { helloRequest: 0, clientHello: 1, serverHello: 2 } as const;

/** msg_type and a 24-bit length. */
export const HANDSHAKE_HEADER_BYTES = 4;

export const RANDOM_BYTES = 32;

/**
 * Reads the header of a whole handshake message and leaves the reader at its body.
 *
 * @throws SensorError `wrong` where the type is another, `truncated` or `trailing_bytes` where the length is not that of the message
 */
export function messageBody(message: Uint8Array, type: number, wrong: string): Reader {
  const reader = new Reader(message);
  const found = reader.u8('msg_type');
  if (found !== type) throw new SensorError(wrong, 'msg_type', 0, `handshake type ${found} where ${type} was expected`);
  const body = reader.prefixed24('handshake_length');
  reader.finish('handshake_message');
  return body;
}

/** The extensions block at the end of a hello; null where the hello ends before it (RFC 5246 section 7.4.1.2). */
export function readExtensionBlock(message: Uint8Array, body: Reader, hello: string): ExtensionBlock | null {
  if (body.remaining === 0) return null;
  const block = body.prefixed16('extensions');
  body.finish(hello);
  return new ExtensionBlock(message, block);
}
