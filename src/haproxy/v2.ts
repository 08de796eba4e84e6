import { Reader } from '../bytes/reader.js';
import { formatAddress } from '../endpoint.js';
import { SensorError } from '../errors.js';
import { endpointOctets } from './address.js';
import { crc32c } from './crc32c.js';
import {
  NO_EXTRAS,
  type ProxyAddresses,
  type ProxyFamily,
  type ProxyHeader,
  type ProxyTlv,
  type ProxyTransport,
} from './header.js';
import { MAX_V2_LENGTH } from './limits.js';
import { CRC32C, readExtras } from './tlv.js';

/** PROXY protocol section 2.2. */
export const V2_SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const FIXED = 16;
const UNIX_PATH = 108;

const COMMANDS = ['LOCAL', 'PROXY'] as const;
const FAMILIES: readonly ProxyFamily[] = ['UNSPEC', 'INET', 'INET6', 'UNIX'];
const TRANSPORTS: readonly ProxyTransport[] = ['UNSPEC', 'STREAM', 'DGRAM'];

/** Length of the header whose signature has been seen; null while its fixed part is not all there. */
export function v2Length(bytes: Uint8Array): number | null {
  if (bytes.length < FIXED) return null;
  const length = new Reader(bytes, 14, FIXED).u16('len');
  if (length > MAX_V2_LENGTH) {
    throw new SensorError(
      'proxy_too_long',
      'len',
      14,
      `a PROXY header announces ${length} bytes, ${MAX_V2_LENGTH} at most are read`,
    );
  }
  return FIXED + length;
}

/** Version 2 from its signature to its announced end. */
export function readV2(header: Uint8Array): ProxyHeader {
  const reader = new Reader(header);
  reader.skip(V2_SIGNATURE.length, 'sig');
  const versionAndCommand = reader.u8('ver_cmd');
  const command = COMMANDS[versionAndCommand & 15];
  if (versionAndCommand >>> 4 !== 2 || command === undefined) throw malformed('ver_cmd', 12);
  const familyAndTransport = reader.u8('fam');
  const content = reader.prefixed16('len');
  reader.finish('len');
  if (command === 'LOCAL') {
    // The rest is skipped, the family included.
    return {
      version: 2,
      command,
      family: 'UNSPEC',
      transport: 'UNSPEC',
      ...NO_ADDRESSES,
      ...NO_EXTRAS,
    };
  }
  const family = FAMILIES[familyAndTransport >>> 4];
  const transport = TRANSPORTS[familyAndTransport & 15];
  if (family === undefined || transport === undefined) throw malformed('fam', 13);
  const addresses = readAddresses(content, family);
  // Without a family nobody says how long the addresses are, so TLVs cannot be found.
  if (family === 'UNSPEC') return { version: 2, command, family, transport, ...NO_ADDRESSES, ...NO_EXTRAS };
  const checksums: number[] = [];
  const extras = readExtras(content, checksums);
  if (checksums.length > 0) verifyChecksums(header, checksums);
  // Of an unknown transport the addresses are ignored.
  return { version: 2, command, family, transport, ...(transport === 'UNSPEC' ? NO_ADDRESSES : addresses), ...extras };
}

const NO_ADDRESSES = { src: null, dst: null, unix: null };

function readAddresses(reader: Reader, family: ProxyFamily): Pick<ProxyAddresses, 'src' | 'dst' | 'unix'> {
  if (family === 'UNSPEC') return NO_ADDRESSES;
  if (family === 'UNIX') {
    const path = (field: string) => {
      const bytes = Buffer.from(reader.bytes(UNIX_PATH, field));
      const zero = bytes.indexOf(0);
      return bytes.toString('latin1', 0, zero < 0 ? UNIX_PATH : zero);
    };
    return { src: null, dst: null, unix: { src: path('src_addr'), dst: path('dst_addr') } };
  }
  const size = family === 'INET' ? 4 : 16;
  const src = formatAddress(reader.bytes(size, 'src_addr'));
  const dst = formatAddress(reader.bytes(size, 'dst_addr'));
  const srcPort = reader.u16('src_port');
  return { src: { ip: src, port: srcPort }, dst: { ip: dst, port: reader.u16('dst_port') }, unix: null };
}

/** Section 2.2.3: the checksum of the whole header, with the four octets of the checksum itself (at these offsets) as zeros. */
function verifyChecksums(header: Uint8Array, offsets: readonly number[]): void {
  const zeroed = new Uint8Array(header);
  for (const at of offsets) zeroed.fill(0, at, at + 4);
  const computed = crc32c(zeroed);
  for (const at of offsets) {
    if (new Reader(header, at).u32('crc32c') !== computed) {
      throw new SensorError('proxy_checksum', 'crc32c', at, 'the checksum of a PROXY header does not fit it');
    }
  }
}

/** A version 2 header. A CRC32C TLV among `tlvs` is given the right value, whatever it holds. */
export function writeV2(header: ProxyAddresses & { readonly tlvs?: readonly ProxyTlv[] }): Uint8Array {
  const { command, family, transport } = header;
  const addresses = command === 'LOCAL' ? [] : writeAddresses(header);
  const tlvs = (command === 'LOCAL' ? [] : (header.tlvs ?? [])).map((tlv) =>
    tlv.type === CRC32C ? { type: CRC32C, value: new Uint8Array(4) } : tlv,
  );
  const content = [...addresses];
  const checksums: number[] = [];
  for (const { type, value } of tlvs) {
    if (value.length > MAX_V2_LENGTH) throw tooLong();
    content.push(type, value.length >>> 8, value.length & 255);
    if (type === CRC32C) checksums.push(FIXED + content.length);
    for (const byte of value) content.push(byte);
  }
  if (content.length > MAX_V2_LENGTH) throw tooLong();
  const kind = command === 'LOCAL' ? 0 : (FAMILIES.indexOf(family) << 4) | TRANSPORTS.indexOf(transport);
  const bytes = Uint8Array.from([
    ...V2_SIGNATURE,
    0x20 | COMMANDS.indexOf(command),
    kind,
    content.length >>> 8,
    content.length & 255,
    ...content,
  ]);
  const checksum = crc32c(bytes);
  for (const at of checksums) new DataView(bytes.buffer).setUint32(at, checksum);
  return bytes;
}

function writeAddresses({ family, src, dst, unix }: ProxyAddresses): number[] {
  if (family === 'UNSPEC') return [];
  if (family === 'UNIX') {
    return [unix?.src ?? '', unix?.dst ?? ''].flatMap((path) => {
      const bytes = Buffer.from(path, 'latin1');
      if (bytes.length > UNIX_PATH) throw tooLong();
      return [...bytes, ...new Uint8Array(UNIX_PATH - bytes.length)];
    });
  }
  const [from, to] = [src, dst].map((endpoint) => endpointOctets(endpoint, family));
  if (!from || !to) throw malformed('address', FIXED);
  return [...from.ip, ...to.ip, ...from.port, ...to.port];
}

function malformed(field: string, offset: number): SensorError {
  return new SensorError('proxy_malformed', field, offset, `a PROXY header with a wrong ${field} at offset ${offset}`);
}

function tooLong(): SensorError {
  return new SensorError('proxy_too_long', 'len', 14, `a PROXY header of more than ${MAX_V2_LENGTH} bytes`);
}
