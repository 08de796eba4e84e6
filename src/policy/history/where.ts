import { formatIpv6, plainAddress } from '../../endpoint.js';
import { addressWords } from '../../networks.js';

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
  const plain = plainAddress(remote);
  const words = addressWords(plain);
  if (words === null) {
    if (!plain.endsWith(V4_PREFIX) && !plain.endsWith(V6_PREFIX)) return null;
    const cut = find(plain.slice(0, -V4_PREFIX.length));
    return cut?.address != null && cut.network.slice(-3) === plain.slice(-3) ? { ...cut, address: null } : null;
  }
  if (words.length === 1) return { address: plain, network: `${plain.slice(0, plain.lastIndexOf('.'))}.0${V4_PREFIX}` };
  const [w0, w1, w2, w3] = words as [number, number, number, number];
  const address = formatIpv6(w0, w1, w2, w3);
  // IPv4-mapped, in digits of any kind: formatted, it has its dots.
  if (address.includes('.')) return find(address);
  return { address, network: `${formatIpv6(w0, (w1 & 0xffff_0000) >>> 0, 0, 0)}${V6_PREFIX}` };
}

/** A number for a network, as {@link whereIs} writes it: a quarter of a string's memory. */
export function networkNumber(network: string): number {
  if (network.endsWith(V4_PREFIX)) {
    const [a, b, c] = network.split('.');
    return (Number(a) * 256 + Number(b)) * 256 + Number(c);
  }
  const [w0 = 0, w1 = 0] = addressWords(network.slice(0, -V6_PREFIX.length)) ?? [];
  return V6_NUMBERS + w0 * 0x10000 + (w1 >>> 16);
}

export function networkOfNumber(number: number): string {
  if (number < V6_NUMBERS) return `${number >>> 16}.${(number >>> 8) & 255}.${number & 255}.0${V4_PREFIX}`;
  const bits = number - V6_NUMBERS;
  return `${formatIpv6(Math.floor(bits / 0x10000), ((bits % 0x10000) << 16) >>> 0, 0, 0)}${V6_PREFIX}`;
}
