import { Reader } from '../bytes/reader.js';
import { SensorError } from '../errors.js';
import type { ProxyExtras, ProxySsl, ProxyTlv } from './header.js';
import { MAX_TLVS } from './limits.js';

// PROXY protocol section 2.2, types and the subtypes inside PP2_TYPE_SSL.
const ALPN = 0x01;
const AUTHORITY = 0x02;
export const CRC32C = 0x03;
const UNIQUE_ID = 0x05;
const SSL = 0x20;
const SSL_VERSION = 0x21;
const SSL_CN = 0x22;
const SSL_CIPHER = 0x23;
const SSL_SIG_ALG = 0x24;
const SSL_KEY_ALG = 0x25;
const NETNS = 0x30;

/** All TLVs of a header, and what is known of them. `checksums` receives the offset of each CRC32C value. */
export function readExtras(reader: Reader, checksums: number[]): ProxyExtras {
  let ssl: ProxySsl | null = null;
  const tlvs = readTlvs(reader, 'tlv', (type, value, at) => {
    if (type === SSL) ssl = readSsl(new Reader(value, 0, value.length, at));
    if (type !== CRC32C) return;
    if (value.length !== 4) {
      throw new SensorError('proxy_malformed', 'crc32c', at, `a PROXY header with a checksum of ${value.length} bytes`);
    }
    checksums.push(at);
  });
  return {
    tlvs,
    alpn: text(tlvs, ALPN),
    authority: text(tlvs, AUTHORITY),
    uniqueId: last(tlvs, UNIQUE_ID),
    netns: text(tlvs, NETNS),
    ssl,
  };
}

/** Type, two-octet length, value; until the reader's end. Values are copies. */
function readTlvs(
  reader: Reader,
  field: string,
  visit: (type: number, value: Uint8Array, at: number) => void,
): ProxyTlv[] {
  const tlvs: ProxyTlv[] = [];
  while (reader.remaining > 0) {
    if (tlvs.length === MAX_TLVS) {
      throw new SensorError('proxy_too_long', field, reader.offset, `more than ${MAX_TLVS} TLVs in a PROXY header`);
    }
    const type = reader.u8(field);
    const length = reader.u16(field);
    const at = reader.offset;
    const value = new Uint8Array(reader.bytes(length, field)); // slice() of a Buffer would be no copy
    tlvs.push({ type, value });
    visit(type, value, at);
  }
  return tlvs;
}

/** Section 2.2.6: a bit field, the verification's result, and TLVs of their own. */
function readSsl(reader: Reader): ProxySsl {
  const client = reader.u8('pp2_tlv_ssl');
  const verify = reader.u32('pp2_tlv_ssl');
  const tlvs = readTlvs(reader, 'pp2_tlv_ssl', () => {});
  return {
    ssl: (client & 1) !== 0,
    certificateOnConnection: (client & 2) !== 0,
    certificateInSession: (client & 4) !== 0,
    verify,
    version: text(tlvs, SSL_VERSION),
    commonName: text(tlvs, SSL_CN),
    cipher: text(tlvs, SSL_CIPHER),
    signatureAlgorithm: text(tlvs, SSL_SIG_ALG),
    keyAlgorithm: text(tlvs, SSL_KEY_ALG),
    tlvs,
  };
}

function last(tlvs: readonly ProxyTlv[], type: number): Uint8Array | null {
  return tlvs.findLast((tlv) => tlv.type === type)?.value ?? null;
}

function text(tlvs: readonly ProxyTlv[], type: number): string | null {
  const value = last(tlvs, type);
  return value === null ? null : Buffer.from(value).toString('latin1');
}
