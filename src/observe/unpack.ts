import { type ByteSource, PeekedSource } from './source.js';

/** Enough for a gzip header, and read in one go from most inputs. */
const peekBytes = 65_536;

/** The source itself or, where its content begins as gzip (RFC 1952 section 2.3.1: 1f 8b), what is packed in it. By content, never by name. */
export async function unpackIfGzip(source: ByteSource): Promise<ByteSource> {
  const space = new Uint8Array(peekBytes);
  let have = 0;
  // A pipe may bring its bytes one by one.
  while (have < 2) {
    const count = await source.read(space.subarray(have));
    if (count === 0) break;
    have += count;
  }
  const first = space.slice(0, have);
  if (first[0] !== 0x1f || first[1] !== 0x8b) return new PeekedSource(first, source);
  // Node's zlib brings its streams with it: 3 ms that most captures need not wait for.
  const { GzipSource } = await import('./gunzip.js');
  return new GzipSource(first, source);
}
