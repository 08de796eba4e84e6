import { formatIpv6, withoutZone } from '../endpoint.js';

/** What remains of an address after some days: of IPv6 what a site is given (RFC 6177 section 2), of IPv4 the smallest network that is routed on its own. */
const IPV4_BITS = 24;
const IPV6_BITS = 48;
/** The IPv4 address in an IPv4-mapped one begins here (RFC 4291 section 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * An address with its last bits zero, and never longer than before, so that a row that is cut stays in its place. What is no address becomes empty: it cannot
 * be told how much of it would be too much.
 */
export function cutAddress(ip: string): string {
  const dotted = /^((?:::ffff:)?\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(ip)?.[1];
  if (dotted !== undefined) return `${dotted}.0`;
  const groups = ipv6Groups(ip);
  if (groups === null) return '';
  const [a = 0, b = 0, c = 0] = groups;
  return formatIpv6(((a << 16) | b) >>> 0, (c << 16) >>> 0, 0, 0);
}

/** The network a cut address stands for: `192.0.2.0/24`. */
export function networkOf(cut: string): string {
  if (cut === '') return '';
  if (!cut.includes(':')) return `${cut}/${IPV4_BITS}`;
  return `${cut}/${cut.includes('.') ? MAPPED_BITS + IPV4_BITS : IPV6_BITS}`;
}

/** The eight groups of an address as RFC 5952 writes it; a zone (RFC 4007 section 11) is left out. */
function ipv6Groups(ip: string): number[] | null {
  const sides = withoutZone(ip).split('::');
  if (sides.length > 2) return null;
  const [head, tail] = sides.map((side) => (side === '' ? [] : side.split(':')));
  const groups = [...(head ?? []), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const missing = 8 - groups.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const zeros = tail === undefined ? [] : Array.from({ length: missing }, () => '0');
  return [...(head ?? []), ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
}
