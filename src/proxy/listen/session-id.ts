import type { Endpoint } from '../../endpoint.js';
import { parseIpv4, parseIpv6 } from '../../haproxy/index.js';

let latest = 0;

/** What six bytes hold. */
const CLOCK = 2 ** 48;

/**
 * A name for a connection, in the form Dovecot's login processes use: base64 over six bytes of a clock in microseconds, two of the client's port and the octets of its
 * address, least significant first. No two of a process are the same, as the clock is never read twice at one microsecond.
 *
 * @param now milliseconds since 1970
 * @returns 16 characters, 32 for IPv6; `+` and `/` may be among them
 */
export function sessionId(remote: Endpoint, now: number): string {
  latest = Math.max(Math.floor(now * 1000), latest + 1);
  const address = parseIpv4(remote.ip) ?? parseIpv6(remote.ip) ?? new Uint8Array(4);
  const bytes = Buffer.alloc(8 + address.length);
  bytes.writeUIntLE(latest % CLOCK, 0, 6);
  bytes.writeUInt16LE(remote.port, 6);
  bytes.set(address, 8);
  return bytes.toString('base64').replace(/=+$/, '');
}
