import { isIPv4, isIPv6 } from 'node:net';
import { formatIpv6, plainAddress } from '../../endpoint.js';

/** What an address is counted as. */
export interface Where {
  /** In one way of writing; null for a network. */
  readonly address: string | null;
  /** `192.0.2.0/24`, `2001:db8:1::/48`. */
  readonly network: string;
}

/** Of IPv4 the first three bytes, of IPv6 the first three groups: what one customer has, or a carrier's gateway shares. */
const V4_PREFIX = '/24';
const V6_PREFIX = '/48';

/** Above every IPv4 network's number: where those of IPv6 begin. Both together stay below 2^53. */
const V6_NUMBERS = 2 ** 48;

let lastRemote = '';
let whereLast: Where | null = null;

/**
 * While one login is decided about, one rule after the other asks about the same address: the last answer is kept.
 *
 * @param remote an address, or a network as {@link Where.network} writes it; null for all other texts
 */
export function whereIs(remote: string): Where | null {
  if (remote !== lastRemote) {
    whereLast = find(remote);
    lastRemote = remote;
  }
  return whereLast;
}

function find(remote: string): Where | null {
  if (isIPv4(remote)) return { address: remote, network: `${remote.slice(0, remote.lastIndexOf('.'))}.0${V4_PREFIX}` };
  const plain = plainAddress(remote);
  if (isIPv6(plain)) {
    const groups = groupsOf(plain);
    const word = (at: number) => ((groups[at]! << 16) | groups[at + 1]!) >>> 0;
    const address = formatIpv6(word(0), word(2), word(4), word(6));
    // IPv4-mapped, in digits of any kind: formatted, it has its dots.
    if (address.includes('.')) return find(address);
    return {
      address,
      network: `${formatIpv6(word(0), (groups[2]! << 16) >>> 0, 0, 0)}${V6_PREFIX}`,
    };
  }
  if (plain !== remote) return find(plain);
  if (!remote.endsWith(V4_PREFIX) && !remote.endsWith(V6_PREFIX)) return null;
  const cut = find(remote.slice(0, -V4_PREFIX.length));
  return cut?.address != null && cut.network.slice(-3) === remote.slice(-3) ? { ...cut, address: null } : null;
}

/** A number for a network, as {@link whereIs} writes it: a quarter of a string's memory. */
export function networkNumber(network: string): number {
  if (network.endsWith(V4_PREFIX)) {
    const [a, b, c] = network.split('.');
    return (Number(a) * 256 + Number(b)) * 256 + Number(c);
  }
  const groups = groupsOf(network.slice(0, -V6_PREFIX.length));
  return V6_NUMBERS + (groups[0]! * 0x10000 + groups[1]!) * 0x10000 + groups[2]!;
}

export function networkOfNumber(number: number): string {
  if (number < V6_NUMBERS) return `${number >>> 16}.${(number >>> 8) & 255}.${number & 255}.0${V4_PREFIX}`;
  const bits = number - V6_NUMBERS;
  return `${formatIpv6(Math.floor(bits / 0x10000), ((bits % 0x10000) << 16) >>> 0, 0, 0)}${V6_PREFIX}`;
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2), with a dotted end or without. */
function groupsOf(address: string): number[] {
  const dotted = address.lastIndexOf(':') + 1;
  const v4 = address.includes('.') ? address.slice(dotted).split('.').map(Number) : null;
  const text =
    v4 === null
      ? address
      : `${address.slice(0, dotted)}${(v4[0]! * 256 + v4[1]!).toString(16)}:${(v4[2]! * 256 + v4[3]!).toString(16)}`;
  const [before = '', after] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const first = numbers(before);
  const last = after === undefined ? [] : numbers(after);
  return [...first, ...new Uint16Array(8 - first.length - last.length), ...last];
}
