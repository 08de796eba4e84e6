import type { ListEntry, ListKey } from '../../model/index.js';

/** What one may ask about: as in wforce, an address, a login, a ja3 hash, or an address with one of these. */
export interface StatsKey {
  readonly ip: string | null;
  readonly login: string | null;
  readonly ja3: string | null;
}

/** What is known of it: names of counts with their numbers (`succeeded`, `failed`, and the counters of the rules by name), and the list entries that fit. */
export interface KeyStats {
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly allowed: ListEntry | null;
  readonly blocked: ListEntry | null;
}

/** What whoever looks after the policy may ask and change. */
export interface PolicyManagement {
  /** Those that have not run out, in the order they were added. */
  listed(list: ListEntry['list']): readonly ListEntry[];
  /** Replaces an entry with the same key. @throws SensorError `policy_list_full` */
  add(entry: ListEntry): void;
  /** @returns false where there was none */
  remove(list: ListEntry['list'], key: ListKey): boolean;
  /** Forgets what was counted for it, and its block list entry. */
  reset(key: StatsKey): void;
  stats(key: StatsKey): KeyStats;
}
