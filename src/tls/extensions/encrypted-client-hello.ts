import type { Reader } from '../../bytes/reader.js';
import { SensorError } from '../../errors.js';

const OUTER = 0;
const INNER = 1;

/** encrypted_client_hello, RFC 9849 section 5: is this an outer hello? Whether it is real or GREASE cannot be told from outside. */
export function readEncryptedClientHelloOuter(body: Reader): boolean {
  const offset = body.offset;
  const type = body.u8('ech_client_hello_type');
  if (type === INNER) {
    body.finish('encrypted_client_hello');
    return false;
  }
  if (type !== OUTER) {
    throw new SensorError('unknown_type', 'ech_client_hello_type', offset, `encrypted_client_hello of type ${type}`);
  }
  body.skip(4, 'hpke_symmetric_cipher_suite');
  body.skip(1, 'config_id');
  body.prefixed16('enc');
  body.prefixed16('payload');
  body.finish('encrypted_client_hello');
  return true;
}
