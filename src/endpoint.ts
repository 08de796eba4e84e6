/** One end of a connection: an address as text (IPv6 as RFC 5952 writes it) and a port. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

const DOT = 0x2e;
const dotted = Buffer.alloc(15);

/**
 * Formats four address bytes, most significant first in one 32-bit word. Digit by digit: every row of a capture has two addresses, and joined strings cost
 * twice as much.
 */
export function formatIpv4(word: number): string {
  let at = 0;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const octet = (word >>> shift) & 255;
    if (octet >= 100) dotted[at++] = 0x30 + Math.floor(octet / 100);
    if (octet >= 10) dotted[at++] = 0x30 + (Math.floor(octet / 10) % 10);
    dotted[at++] = 0x30 + (octet % 10);
    if (shift > 0) dotted[at++] = DOT;
  }
  return dotted.toString('latin1', 0, at);
}

/**
 * Formats an IPv6 address as RFC 5952 section 4 has it: lower case, no leading zeros, the longest run of two or more zero groups (the first of
 * equals) as `::`. An IPv4-mapped address keeps its dotted form (section 5).
 *
 * @param words four 32-bit words, most significant first
 */
export function formatIpv6(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${formatIpv4(w3)}`;
  const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
  let runStart = -1;
  let runLength = 1; // a single zero group is not shortened (section 4.2.2)
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > runLength) {
      runStart = i;
      runLength = end - i;
    }
    if (end > i) i = end;
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return runStart < 0 ? hex(0, 8) : `${hex(0, runStart)}::${hex(runStart + runLength, 8)}`;
}

/** Formats the four or sixteen bytes of an address. */
export function formatAddress(bytes: Uint8Array): string {
  const word = (at: number) =>
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  if (bytes.length === 4) return formatIpv4(word(0));
  if (bytes.length === 16) return formatIpv6(word(0), word(4), word(8), word(12));
  throw new RangeError('an address has 4 or 16 bytes');
}

/** Without the interface a link-local address comes with (`fe80::1%eth0`), which means something on this host only. */
export function withoutZone(ip: string): string {
  const zone = ip.indexOf('%');
  return zone < 0 ? ip : ip.slice(0, zone);
}

/** The same, and an IPv4-mapped address, as a listener of both families gives it, as the IPv4 address it is. */
export function plainAddress(ip: string): string {
  const address = withoutZone(ip);
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** `192.0.2.7:993`, `[2001:db8::7]:993`. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.ip.includes(':') ? `[${endpoint.ip}]:${endpoint.port}` : `${endpoint.ip}:${endpoint.port}`;
}
