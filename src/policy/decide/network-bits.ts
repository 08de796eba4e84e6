import { addressWords } from '../../networks.js';

/** An address or a network as numbers, so that it is found in others by its first bits. */
export interface NetworkBits {
  readonly family: 4 | 6;
  /** Words of 32 bits, the first bits first: one of IPv4, four of IPv6. */
  readonly words: readonly number[];
  readonly prefix: number;
}

/** @param network as `readNetwork` writes it: IPv6 in the form of RFC 5952, nothing behind an address */
export function bitsOf(network: string): NetworkBits {
  const slash = network.indexOf('/');
  const address = slash < 0 ? network : network.slice(0, slash);
  const words = addressWords(address);
  if (words === null) throw new TypeError(`no address and no network: ${network}`);
  const family = words.length === 1 ? 4 : 6;
  return { family, words, prefix: slash < 0 ? words.length * 32 : Number(network.slice(slash + 1)) };
}

/** The same text for all addresses with these first bits. */
export function firstBits({ family, words }: NetworkBits, prefix: number): string {
  let text = `${family}/${prefix}`;
  for (let i = 0; i * 32 < prefix; i++) {
    const left = prefix - i * 32;
    const mask = left >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - left)) >>> 0;
    text += `/${((words[i]! & mask) >>> 0).toString(16)}`;
  }
  return text;
}
