import type { Reader } from '../../bytes/reader.js';
import { u16List } from '../lists.js';

/** compress_certificate, RFC 8879 section 3: algorithms. */
export function readCompressCertificate(body: Reader): number[] {
  const algorithms = u16List(body.prefixed8('algorithms'), 'algorithms');
  body.finish('compress_certificate');
  return algorithms;
}
