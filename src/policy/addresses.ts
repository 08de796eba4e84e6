import { isIP } from 'node:net';
import { formatAddress, plainAddress, withoutZone } from '../endpoint.js';

/** An address as this program writes it: IPv6 as RFC 5952 has it, without zone, IPv4 where it is IPv4-mapped. null: it is none. */
export function readAddress(text: string): string | null {
  const address = withoutZone(text);
  const family = isIP(address);
  if (family === 4) return address;
  return family === 6 ? plainAddress(formatAddress(ipv6Bytes(address))) : null;
}

/** A network in CIDR form, no bit set behind its prefix. null: it is none. A network of one address is written as the address. */
export function readNetwork(text: string): string | null {
  const [, told = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = readAddress(told === '' ? text : told);
  if (told === '' || address === null) return address;
  const isMapped = isIP(address) === 4 && isIP(told) === 6;
  const bytes = isIP(address) === 4 ? Uint8Array.from(address.split('.'), Number) : ipv6Bytes(address);
  // The prefix of `::ffff:192.0.2.0/120` counts the 96 bits that all mapped addresses share.
  const prefix = Number(length) - (isMapped ? 96 : 0);
  if (prefix < 0 || prefix > bytes.length * 8) return null;
  if (prefix === bytes.length * 8) return address;
  const masked = bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * i))));
  return `${formatAddress(masked)}/${prefix}`;
}

/** @param address of IPv6, in any form of RFC 4291 section 2.2 */
function ipv6Bytes(address: string): Uint8Array {
  const [head = '', tail] = address.split('::');
  const [before, after] = [partBytes(head), partBytes(tail ?? '')];
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(after, 16 - after.length);
  return bytes;
}

function partBytes(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 0xff];
  });
}
