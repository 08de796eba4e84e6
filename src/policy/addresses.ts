import { formatIpv4, formatIpv6, plainAddress, withoutZone } from '../endpoint.js';
import { addressWords, firstBitsOf } from '../networks.js';

/** An address as this program writes it: IPv6 as RFC 5952 has it, without zone, IPv4 where it is IPv4-mapped. null: it is none. */
export function readAddress(text: string): string | null {
  const address = withoutZone(text);
  const words = addressWords(address);
  if (words === null) return null;
  return words.length === 1 ? address : plainAddress(formatIpv6(words[0]!, words[1]!, words[2]!, words[3]!));
}

/** A network in CIDR form, no bit set behind its prefix. null: it is none. A network of one address is written as the address. */
export function readNetwork(text: string): string | null {
  const [, told = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = readAddress(told === '' ? text : told);
  if (told === '' || address === null) return address;
  const words = addressWords(address)!;
  const isMapped = words.length === 1 && told.includes(':');
  // The prefix of `::ffff:192.0.2.0/120` counts the 96 bits that all mapped addresses share.
  const prefix = Number(length) - (isMapped ? 96 : 0);
  const widest = words.length * 32;
  if (prefix < 0 || prefix > widest) return null;
  if (prefix === widest) return address;
  const [w0, w1, w2, w3] = words.map((word, i) => firstBitsOf(word, prefix - 32 * i)) as [
    number,
    number,
    number,
    number,
  ];
  return `${words.length === 1 ? formatIpv4(w0) : formatIpv6(w0, w1, w2, w3)}/${prefix}`;
}
