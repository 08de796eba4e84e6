import type { Counted, Per } from '../rules/model.js';

/** Which counts the rules ask for, so that no others are kept: one for every different (count, per, window) of the rules. */
export interface CounterSpec {
  readonly count: Counted;
  readonly per: readonly Per[];
  /** Seconds. */
  readonly window: number;
  /** Whether what is usual is learned too. */
  readonly usual: boolean;
}

/** What of a login the history goes by. */
export interface HistoryLogin {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** null: none was told. */
  readonly userKey: string | null;
  readonly device: string | null;
  /** Other keys of the same device, under which it may have been seen before. What becomes of it is kept under `device` alone. */
  readonly aliases?: readonly string[];
  /** An address, or (from the database, once it was cut) a network. */
  readonly remote: string | null;
}

/** What was seen of a user. */
export interface Familiarity {
  /** Logins of the user that succeeded, and the days since the first of them. */
  readonly logins: number;
  readonly days: number;
  /** Of these, with this device (by whichever of its keys) or from this network. */
  readonly same: number;
  /** Enough was seen of the user for something new to mean anything. */
  readonly learned: boolean;
}

/** What rules may ask of the past. Every answer is of the time before the login that is asked about. */
export interface HistoryQuestions {
  /** null: the login tells no user or no device. */
  client(login: HistoryLogin): Familiarity | null;
  /** null: the login tells no user or no address. */
  network(login: HistoryLogin): Familiarity | null;
  /** Of the device, by all its keys; null: the login tells none. */
  totals(login: HistoryLogin): { readonly succeeded: number; readonly failed: number } | null;
  /** By the device's own key, where it is counted per fingerprint. `usual` is null where it is not learned, or not yet. null: the login lacks what it is counted per. */
  count(spec: CounterSpec, login: HistoryLogin): { readonly count: number; readonly usual: number | null } | null;
}

/** What becomes of the past. */
export interface HistoryRecord {
  /** @param outcome how it ended: `refused` by a policy counts as failed in counts, and nowhere else */
  add(login: HistoryLogin, outcome: 'succeeded' | 'failed' | 'refused'): void;
}
