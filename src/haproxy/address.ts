import type { Endpoint } from '../endpoint.js';

const DOT = 0x2e;
const ZERO = 0x30;

/** The four octets of an IPv4 address in its canonical text, no leading zeros; null for anything else. Character by character: every connection has its address read. */
export function parseIpv4(text: string): Uint8Array | null {
  const octets = new Uint8Array(4);
  let octet = 0;
  let digits = 0;
  let part = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (digits === 0 || part === 3) return null;
      octets[part++] = octet;
      octet = digits = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return null;
    octet = 10 * octet + digit;
    digits++;
    if (octet > 255) return null;
  }
  if (digits === 0 || part !== 3) return null;
  octets[3] = octet;
  return octets;
}

/** The sixteen octets of an IPv6 address in any text of RFC 4291 section 2.2 without a zone; null for anything else. */
export function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = null, tail = null] = halves.map((half) => (half === '' ? [] : parseGroups(half)));
  if (head === null) return null;
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : null;
  // `::` stands for at least one group of zeros
  if (tail === null || head.length + tail.length > 14) return null;
  return Uint8Array.from([...head, ...new Uint8Array(16 - head.length - tail.length), ...tail]);
}

/** Octets of groups between colons; the last may be an IPv4 address in dots (section 2.2 item 3). */
function parseGroups(text: string): number[] | null {
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (i === groups.length - 1 && group.includes('.')) {
      const dotted = parseIpv4(group);
      if (dotted === null) return null;
      octets.push(...dotted);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
      const word = Number.parseInt(group, 16);
      octets.push(word >>> 8, word & 255);
    }
  }
  return octets;
}

/** An endpoint's address and port in network byte order; null for an address of another family, or a port out of range. */
export function endpointOctets(
  endpoint: Endpoint | null,
  family: 'INET' | 'INET6',
): { ip: Uint8Array; port: readonly [number, number] } | null {
  if (endpoint === null) return null;
  const ip = family === 'INET' ? parseIpv4(endpoint.ip) : parseIpv6(endpoint.ip);
  const { port } = endpoint;
  if (ip === null || !Number.isInteger(port) || port < 0 || port > 65_535) return null;
  return { ip, port: [port >>> 8, port & 255] };
}
