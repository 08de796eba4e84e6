import { SensorError } from '../../errors.js';
import type { ListEntry, ListKey, PolicyBatch } from '../../model/index.js';
import { MAX_LISTED } from './limits.js';
import { ListedEntries, type ListFacts, writtenKey } from './listed-entries.js';

export type ListName = ListEntry['list'];

/** The allow list and the block list. Entries that have run out are as good as gone from that second on. */
export class Lists {
  readonly #lists: Readonly<Record<ListName, ListedEntries>> = {
    allow: new ListedEntries(),
    block: new ListedEntries(),
  };
  readonly #now: () => number;
  /** What was last done with a key since it was last told. */
  readonly #changed = new Map<string, { readonly entry: ListEntry; readonly isListed: boolean }>();

  /** @param known entries from before; those beyond the limit, and what is no entry, are left out @param now milliseconds */
  constructor(known: Iterable<ListEntry>, now: () => number) {
    this.#now = now;
    for (const entry of known) {
      const written = writtenKey(entry);
      const list = this.#lists[entry.list];
      if (written !== null && entry.expires > this.#seconds && list.size < MAX_LISTED) list.put(written);
    }
  }

  get isEmpty(): boolean {
    return this.#lists.allow.size + this.#lists.block.size === 0;
  }

  /** The first entry of that list that fits. */
  find(list: ListName, facts: ListFacts): ListEntry | null {
    return this.#lists[list].find(facts, this.#seconds);
  }

  entries(list: ListName): readonly ListEntry[] {
    this.sweep();
    return [...this.#lists[list].values()];
  }

  /** @throws SensorError `policy_list_full`, `policy_list_key` */
  add(entry: ListEntry): void {
    const written = writtenKey(entry);
    const field = `${entry.list}_list`;
    if (written === null) {
      throw new SensorError('policy_list_key', field, 0, 'expected an address or network, a login or a ja3 hash');
    }
    const list = this.#lists[entry.list];
    if (list.size >= MAX_LISTED && !list.has(written)) {
      this.sweep();
      if (list.size >= MAX_LISTED)
        throw new SensorError('policy_list_full', field, 0, `${MAX_LISTED} entries are there already`);
    }
    list.put(written);
    this.#note(written, true);
  }

  /** @returns false where there was none, or it has run out */
  remove(list: ListName, key: ListKey): boolean {
    const written = writtenKey(key);
    const entry = written === null ? null : this.#lists[list].delete(written);
    if (entry === null) return false;
    this.#note(entry, false);
    return entry.expires > this.#seconds;
  }

  /** Takes out what has run out. */
  sweep(): void {
    const now = this.#seconds;
    for (const list of Object.values(this.#lists)) {
      for (const entry of list.values()) {
        if (entry.expires > now) continue;
        list.delete(entry);
        this.#note(entry, false);
      }
    }
  }

  /** What has changed since the last call. No key is in both. */
  changes(): Pick<PolicyBatch, 'listed' | 'unlisted'> {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return {
      listed: changed.filter(({ isListed }) => isListed).map(({ entry }) => entry),
      unlisted: changed.filter(({ isListed }) => !isListed).map(({ entry }) => keyOf(entry)),
    };
  }

  #note(entry: ListEntry, isListed: boolean): void {
    this.#changed.set(JSON.stringify(keyOf(entry)), { entry, isListed });
  }

  get #seconds(): number {
    return this.#now() / 1000;
  }
}

function keyOf({ list, ip, login, ja3 }: ListEntry): PolicyBatch['unlisted'][number] {
  return { list, ip, login, ja3 };
}
