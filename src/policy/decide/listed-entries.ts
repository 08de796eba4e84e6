import type { ListEntry, ListKey } from '../../model/index.js';
import { readNetwork } from '../addresses.js';
import { bitsOf, firstBits } from './network-bits.js';

/** What entries of a list are looked up by. */
export interface ListFacts {
  readonly ip: string | null;
  readonly login: string | null;
  /** Hashes of ja3 and ssl_ja3. */
  readonly ja3: readonly string[];
}

type Parts = readonly (string | null)[];

/** The key in the one way of writing that entries are kept under; null where it is none: nothing in it, or no address where one belongs. */
export function writtenKey<Key extends ListKey>(key: Key): Key | null {
  const ip = key.ip === null ? null : readNetwork(key.ip);
  if (key.ip !== ip && ip === null) return null;
  if (ip === null && key.login === null && key.ja3 === null) return null;
  return { ...key, ip, login: key.login?.toLowerCase() ?? null, ja3: key.ja3?.toLowerCase() ?? null };
}

/** The entries of one list, under written keys, in the order they were added. An address is found in a network by its first bits: one look-up for every length of prefix that is in use. */
export class ListedEntries {
  readonly #entries = new Map<string, ListEntry>();
  /** How many entries have a network of this length, by family. */
  readonly #prefixes = { 4: new Map<number, number>(), 6: new Map<number, number>() };

  get size(): number {
    return this.#entries.size;
  }

  values(): Iterable<ListEntry> {
    return this.#entries.values();
  }

  has(key: ListKey): boolean {
    return this.#entries.has(idOf(key));
  }

  /** Replaces an entry with the same key. */
  put(entry: ListEntry): void {
    this.delete(entry);
    this.#entries.set(idOf(entry), entry);
    this.#count(entry, 1);
  }

  /** @returns the entry; null where there was none */
  delete(key: ListKey): ListEntry | null {
    const id = idOf(key);
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    this.#entries.delete(id);
    this.#count(entry, -1);
    return entry;
  }

  /** The first that fits, in wforce's order: address, login, ja3, address with login, address with ja3. @param now seconds */
  find({ ip, login, ja3 }: ListFacts, now: number): ListEntry | null {
    if (this.#entries.size === 0) return null;
    const ips = ip === null ? [] : this.#networksOf(ip);
    const logins = login === null ? [] : [login.toLowerCase()];
    const nothing = [null];
    return (
      this.#first(ips, nothing, nothing, now) ??
      this.#first(nothing, logins, nothing, now) ??
      this.#first(nothing, nothing, ja3, now) ??
      this.#first(ips, logins, nothing, now) ??
      this.#first(ips, nothing, ja3, now)
    );
  }

  #first(ips: Parts, logins: Parts, hashes: Parts, now: number): ListEntry | null {
    for (const ip of ips) {
      for (const login of logins) {
        for (const ja3 of hashes) {
          const entry = this.#entries.get(joined(ip, login, ja3));
          if (entry !== undefined && entry.expires > now) return entry;
        }
      }
    }
    return null;
  }

  /** The address, or network, by its first bits in every number of them that entries have and that it tells. */
  #networksOf(ip: string): string[] {
    const network = readNetwork(ip);
    if (network === null) return [];
    const bits = bitsOf(network);
    const found: string[] = [];
    for (const prefix of this.#prefixes[bits.family].keys()) {
      if (prefix <= bits.prefix) found.push(firstBits(bits, prefix));
    }
    return found;
  }

  #count({ ip }: ListKey, change: 1 | -1): void {
    if (ip === null) return;
    const { family, prefix } = bitsOf(ip);
    const left = (this.#prefixes[family].get(prefix) ?? 0) + change;
    if (left === 0) this.#prefixes[family].delete(prefix);
    else this.#prefixes[family].set(prefix, left);
  }
}

/** @param key a written one */
function idOf({ ip, login, ja3 }: ListKey): string {
  const bits = ip === null ? null : bitsOf(ip);
  return joined(bits === null ? null : firstBits(bits, bits.prefix), login, ja3);
}

/** The login, which may be any text, is the last; that there is none is told apart from an empty one. */
function joined(network: string | null, login: string | null, ja3: string | null): string {
  return `${network ?? ''} ${ja3 ?? ''}${login === null ? '' : ` ${login}`}`;
}
