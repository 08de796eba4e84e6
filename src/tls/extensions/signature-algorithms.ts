import type { Reader } from '../../bytes/reader.js';
import { u16List } from '../lists.js';

/** signature_algorithms, RFC 8446 section 4.2.3. */
export function readSignatureAlgorithms(body: Reader): number[] {
  const schemes = u16List(body.prefixed16('signature_algorithms'), 'signature_algorithms');
  body.finish('signature_algorithms');
  return schemes;
}
