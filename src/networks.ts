import { isIPv6 } from 'node:net';
import { withoutZone } from './endpoint.js';

/** Words of 32 bits, the first bits first: one of an IPv4 address, four of an IPv6 address. */
export type AddressWords = readonly number[];

/** Networks of one length, by their first bits: a number for those of IPv4, and a text for the others. */
interface OfLength {
  readonly bits: number;
  readonly networks: Set<number | string>;
}

const WORD = 32;
const MAPPED_BITS = 96;

/**
 * A set of addresses and networks. An IPv4-mapped IPv6 address, as a listener of both families gives it, counts as the IPv4 address.
 *
 * Every login is looked up for several rules: one look for each length that networks have. Node's own `BlockList` makes an object of the system's for every look, which takes five times as long.
 */
export class Networks {
  readonly #v4: OfLength[] = [];
  readonly #v6: OfLength[] = [];

  /**
   * @param networks `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`
   * @throws TypeError for a text that is none of these
   */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.#add(network);
  }

  /** @param address as `socket.remoteAddress` gives it; undefined (a local socket, a stream that is no socket) is in no network */
  has(address: string | undefined): boolean {
    if (address === undefined || this.#v4.length + this.#v6.length === 0) return false;
    const words = addressWords(address);
    if (words === null) return false;
    const v4 = v4WordOf(words);
    if (v4 !== null && this.#v4.some(({ bits, networks }) => networks.has(firstBitsOf(v4, bits)))) return true;
    return this.#v6.length > 0 && this.#v6.some(({ bits, networks }) => networks.has(firstBits(asIpv6(words), bits)));
  }

  #add(network: string): void {
    const slash = network.indexOf('/');
    const address = slash < 0 ? network : network.slice(0, slash);
    const words = addressWords(address);
    const widest = words === null ? -1 : words.length * WORD;
    const prefix = slash < 0 ? String(widest) : network.slice(slash + 1);
    if (words === null || !/^\d{1,3}$/.test(prefix) || Number(prefix) > widest) {
      throw new TypeError(`no address and no network: ${network}`);
    }
    const bits = Number(prefix) - (words.length === 1 ? 0 : MAPPED_BITS);
    const v4 = v4WordOf(words);
    if (v4 !== null && bits >= 0) ofLength(this.#v4, bits).add(firstBitsOf(v4, bits));
    else ofLength(this.#v6, Number(prefix)).add(firstBits(words, Number(prefix)));
  }
}

function ofLength(all: OfLength[], bits: number): OfLength['networks'] {
  let found = all.find((each) => each.bits === bits);
  if (found === undefined) {
    found = { bits, networks: new Set() };
    all.push(found);
  }
  return found.networks;
}

/** Of an IPv4 address, mapped or not; null: it is none. */
function v4WordOf(words: AddressWords): number | null {
  if (words.length === 1) return words[0]!;
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? words[3]! : null;
}

let lastAddress = '';
let wordsOfLast: AddressWords | null = null;

/**
 * While one login is decided about, one after the other asks about the same address: the last answer is kept.
 *
 * @param address in any form of RFC 4291 section 2.2, with or without a zone. null: it is none
 */
export function addressWords(address: string): AddressWords | null {
  if (address !== lastAddress) {
    wordsOfLast = parse(address);
    lastAddress = address;
  }
  return wordsOfLast;
}

function parse(text: string): AddressWords | null {
  const address = withoutZone(text);
  const word = ipv4Word(address);
  if (word !== null) return [word];
  if (!isIPv6(address)) return null;
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const groups = [...before, ...new Uint16Array(8 - before.length - after.length), ...after];
  return [0, 2, 4, 6].map((at) => groups[at]! * 0x10000 + groups[at + 1]!);
}

const DOT = 0x2e;
const ZERO = 0x30;

/** Four numbers up to 255 without leading zeros, and dots between them; null: it is no such thing. Digit by digit, which takes a tenth of splitting it. */
function ipv4Word(address: string): number | null {
  if (address.length > 15) return null;
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return null;
      word = word * 256 + octet;
      octet = -1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return null;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return null;
  }
  return octet < 0 || dots < 3 ? null : word * 256 + octet;
}

/** The last one may be dotted, and stands for two. */
function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return Number.parseInt(group, 16);
    const word = ipv4Word(group) ?? 0;
    return [word >>> 16, word & 0xffff];
  });
}

function asIpv6(words: AddressWords): AddressWords {
  return words.length === 1 ? [0, 0, 0xffff, words[0]!] : words;
}

/** A word without the bits behind its first ones. */
export function firstBitsOf(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= WORD ? word : (word & (0xffff_ffff << (WORD - bits))) >>> 0;
}

/** The same text for all addresses that have these first bits. */
function firstBits(words: AddressWords, bits: number): string {
  return words.map((word, i) => firstBitsOf(word, bits - i * WORD).toString(16)).join(':');
}
