import { isIP } from 'node:net';
import type { ListEntry, ListKey } from '../../model/index.js';
import { readNetwork } from '../server/addresses.js';

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
    const user = login?.toLowerCase() ?? null;
    const logins = user === null ? [] : [user];
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
          const entry = this.#entries.get(idOf({ ip, login, ja3 }));
          if (entry !== undefined && entry.expires > now) return entry;
        }
      }
    }
    return null;
  }

  /** The address, or network, in every length of prefix that entries have and that it is not wider than; the longest first. */
  #networksOf(ip: string): string[] {
    const network = readNetwork(ip);
    if (network === null) return [];
    const { address, family, prefix } = partsOf(network);
    const lengths = [...this.#prefixes[family].keys()].filter((length) => length <= prefix).sort((a, b) => b - a);
    return lengths.map((length) => readNetwork(`${address}/${length}`) ?? network);
  }

  #count({ ip }: ListKey, change: 1 | -1): void {
    if (ip === null) return;
    const { family, prefix } = partsOf(ip);
    const left = (this.#prefixes[family].get(prefix) ?? 0) + change;
    if (left === 0) this.#prefixes[family].delete(prefix);
    else this.#prefixes[family].set(prefix, left);
  }
}

/** @param network as `readNetwork` writes it */
function partsOf(network: string): { address: string; family: 4 | 6; prefix: number } {
  const [address = '', length] = network.split('/');
  const family = isIP(address) === 4 ? 4 : 6;
  return { address, family, prefix: length === undefined ? (family === 4 ? 32 : 128) : Number(length) };
}

/** The same for the same key. The login, which may be any text, is the last; that there is none is told apart from an empty one. */
function idOf({ ip, login, ja3 }: ListKey): string {
  return `${ip ?? ''} ${ja3 ?? ''}${login === null ? '' : ` ${login}`}`;
}
