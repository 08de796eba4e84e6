import { type Endpoint, formatAddress } from '../endpoint.js';
import { SensorError } from '../errors.js';
import { endpointOctets, parseIpv4, parseIpv6 } from './address.js';
import { NO_EXTRAS, type ProxyAddresses, type ProxyHeader } from './header.js';
import { MAX_V1_LINE } from './limits.js';

export const V1_SIGNATURE = Buffer.from('PROXY ', 'latin1');

const UNKNOWN: ProxyHeader = {
  version: 1,
  command: 'PROXY',
  family: 'UNSPEC',
  transport: 'UNSPEC',
  src: null,
  dst: null,
  unix: null,
  ...NO_EXTRAS,
};

/** Length of the line whose signature has been seen, CR LF included; null while its end is not there. Only CR LF ends it. */
export function v1Length(bytes: Uint8Array): number | null {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_V1_LINE));
  const end = line.indexOf('\r\n');
  if (end >= 0) return end + 2;
  if (bytes.length < MAX_V1_LINE) return null;
  throw new SensorError('proxy_too_long', 'line', 0, `a PROXY line has no end within ${MAX_V1_LINE} bytes`);
}

/** Version 1 (section 2.1), strictly: single spaces, canonical numbers, addresses of the announced family. */
export function readV1(line: Uint8Array): ProxyHeader {
  const text = Buffer.from(line).toString('latin1').slice(0, -2);
  // Whatever follows UNKNOWN is ignored.
  if (/^PROXY UNKNOWN(?: |$)/.test(text)) return UNKNOWN;
  const parts = text.split(' ');
  const [, protocol, srcIp, dstIp, srcPort, dstPort] = parts;
  if (protocol !== 'TCP4' && protocol !== 'TCP6') throw malformed('protocol', 6);
  if (parts.length !== 6) throw malformed('line', 0);
  const parse = protocol === 'TCP4' ? parseIpv4 : parseIpv6;
  const endpoint = (ip: string, port: string, at: number): Endpoint => {
    const octets = parse(ip);
    if (octets === null) throw malformed('address', at);
    if (!/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535) throw malformed('port', at);
    return { ip: formatAddress(octets), port: Number(port) };
  };
  return {
    ...UNKNOWN,
    family: protocol === 'TCP4' ? 'INET' : 'INET6',
    transport: 'STREAM',
    src: endpoint(srcIp!, srcPort!, 11),
    dst: endpoint(dstIp!, dstPort!, 12 + srcIp!.length),
  };
}

/** A line for TCP over IPv4 or IPv6; UNKNOWN for anything else that version 1 cannot say. */
export function writeV1({ command, family, transport, src, dst }: ProxyAddresses): Uint8Array {
  const told = command === 'PROXY' && transport === 'STREAM' && src !== null && dst !== null;
  if (!told || (family !== 'INET' && family !== 'INET6')) return Buffer.from('PROXY UNKNOWN\r\n');
  const protocol = family === 'INET' ? 'TCP4' : 'TCP6';
  if (endpointOctets(src, family) === null || endpointOctets(dst, family) === null) throw malformed('address', 11);
  return Buffer.from(`PROXY ${protocol} ${src.ip} ${dst.ip} ${src.port} ${dst.port}\r\n`, 'latin1');
}

function malformed(field: string, offset: number): SensorError {
  return new SensorError('proxy_malformed', field, offset, `a PROXY line with a wrong ${field} at offset ${offset}`);
}
