import type { Reader } from '../../bytes/reader.js';

/** record_size_limit, RFC 8449 section 4: bytes of plaintext. */
export function readRecordSizeLimit(body: Reader): number {
  const limit = body.u16('record_size_limit');
  body.finish('record_size_limit');
  return limit;
}
