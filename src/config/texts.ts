import { Networks } from '../networks.js';

/** Texts of a configuration, read. Each gives null for what is none. */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `30s`, `5m`, `2h`, `1d`. @returns milliseconds */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match === null ? null : Number(match[1]) * units[match[2]!]!;
}

const sizes: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, kB: 1000, MB: 1000 ** 2 };

/** `8192`, `64KiB`, `1MiB`, `10kB`. @returns bytes */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,9})(B|KiB|MiB|kB|MB|)$/.exec(text);
  return match === null ? null : Number(match[1]) * sizes[match[2]!]!;
}

/** An IP address, without a zone. */
export function isAddress(text: string): boolean {
  return !text.includes('/') && isNetwork(text);
}

/** `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32` */
export function isNetwork(text: string): boolean {
  if (text.includes('%')) return false;
  try {
    new Networks([text]);
    return true;
  } catch {
    return false;
  }
}

/** A host name or the text of an IPv4 address; labels as RFC 1123 section 2.1 has them, and the underscore that container networks use. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

export const isHostName = (text: string): boolean => hostName.test(text);

export interface HostPort {
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `192.0.2.7:993`, `[2001:db8::7]:993`, `mail.example.org:993` */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^[\]:]+)):(\d{1,5})$/i.exec(text);
  if (match === null) return null;
  const [, v6, other] = match;
  const port = Number(match[3]);
  if (port > 65_535) return null;
  if (v6 !== undefined) return v6.includes(':') && isAddress(v6) ? { host: v6, port } : null;
  // All digits and dots is meant for an IPv4 address, and no host name ends in a number (RFC 1123 section 2.1).
  if (/(?:^|\.)\d+$/.test(other!)) return isAddress(other!) ? { host: other!, port } : null;
  return isHostName(other!) ? { host: other!.toLowerCase(), port } : null;
}

/** The one text of an address that has several: `0:0::1` is `::1` (RFC 5952). */
export function canonicalHost(host: string): string {
  return host.includes(':') ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
}

const loopback = new Networks(['127.0.0.0/8', '::1']);

/** Nothing that is sent there leaves the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isAddress(host) && loopback.has(host));
}

/** `0.0.0.0`, `::`: every address of the machine. */
export const isUnspecified = (host: string): boolean => ['0.0.0.0', '::'].includes(canonicalHost(host));
