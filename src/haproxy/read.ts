import { SensorError } from '../errors.js';
import type { ProxyAddresses, ProxyHeader, ProxyTlv } from './header.js';
import { readV1, V1_SIGNATURE, v1Length, writeV1 } from './v1.js';
import { readV2, V2_SIGNATURE, v2Length, writeV2 } from './v2.js';

export type ProxyHeaderOutcome =
  /** These bytes could still become a header: give them again with what follows. */
  | { readonly state: 'need_more' }
  /** The first bytes are no PROXY header; they belong to the connection. */
  | { readonly state: 'none' }
  /** `consumed` bytes are the header, the rest belongs to the connection. */
  | { readonly state: 'done'; readonly header: ProxyHeader; readonly consumed: number }
  /** They begin as a header and are none: `proxy_malformed`, `proxy_too_long`, `proxy_checksum`, `truncated`, `trailing_bytes`. */
  | { readonly state: 'rejected'; readonly error: SensorError };

const NEED_MORE: ProxyHeaderOutcome = { state: 'need_more' };
const NONE: ProxyHeaderOutcome = { state: 'none' };

/**
 * Reads the PROXY header, version 1 or 2, that the first bytes of a connection may hold. Never throws.
 *
 * @param bytes what the client's side has sent so far, from its first byte on, at least one byte
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeaderOutcome {
  try {
    if (begins(bytes, V1_SIGNATURE)) return whole(bytes, V1_SIGNATURE, v1Length, readV1);
    if (begins(bytes, V2_SIGNATURE)) return whole(bytes, V2_SIGNATURE, v2Length, readV2);
    return NONE;
  } catch (error) {
    if (error instanceof SensorError) return { state: 'rejected', error };
    throw error;
  }
}

/** Does one begin with the other, as far as both go? */
function begins(bytes: Uint8Array, signature: Uint8Array): boolean {
  const count = Math.min(bytes.length, signature.length);
  for (let i = 0; i < count; i++) if (bytes[i] !== signature[i]) return false;
  return true;
}

function whole(
  bytes: Uint8Array,
  signature: Uint8Array,
  lengthOf: (bytes: Uint8Array) => number | null,
  read: (header: Uint8Array) => ProxyHeader,
): ProxyHeaderOutcome {
  if (bytes.length < signature.length) return NEED_MORE;
  const length = lengthOf(bytes);
  if (length === null || length > bytes.length) return NEED_MORE;
  return { state: 'done', header: read(bytes.subarray(0, length)), consumed: length };
}

/**
 * Writes a PROXY header. Version 1 says UNKNOWN where it has no words for it (LOCAL, UNIX, datagrams) and leaves TLVs out; version 2 writes
 * `tlvs` as they are, with the right value in a CRC32C TLV (type 3).
 *
 * @throws SensorError `proxy_malformed` for an address that is none of its family, `proxy_too_long` for more TLVs than a reader takes
 */
export function writeProxyHeader(
  header: ProxyAddresses & { readonly tlvs?: readonly ProxyTlv[] },
  version: 1 | 2,
): Uint8Array {
  return version === 1 ? writeV1(header) : writeV2(header);
}
