import type { FingerprintSummary } from './fingerprints.js';
import type { PolicyCounts } from './policy.js';
import type { StoredLogin, StoredObservation } from './records.js';
import type { StoreCounts } from './stored.js';

/** How long things are kept, in days since they were recorded. `Infinity`: for ever. */
export interface Retention {
  /** Clients' addresses whole; afterwards the first 24 bits (IPv4) or 48 (IPv6). */
  readonly addresses: number;
  /** Logins, row by row: those recorded, and those a policy heard of. */
  readonly logins: number;
  /** Observations, counts and server names, fingerprints that nothing refers to any more, and what a policy knows of users, devices and what is usual. */
  readonly observations: number;
}

export const DEFAULT_RETENTION: Retention = { addresses: 7, logins: 30, observations: 180 };

/** Rows that pruning cuts or deletes. */
export interface WouldPrune {
  /** Observations and logins whose addresses are cut. */
  readonly cut: number;
  readonly logins: number;
  readonly observations: number;
  /** Logins that a policy heard of. */
  readonly heard: number;
  /** What a policy knows: clients and networks of users, devices, what is usual, and list entries that have run out. */
  readonly known: number;
  /** Rows of hourly counts and of server names. */
  readonly counts: number;
  readonly fingerprints: number;
}

export interface PruneResult extends WouldPrune {
  /** False: another process is reading, and the write-ahead log keeps what was deleted until it is done and something is written. */
  readonly wiped: boolean;
}

export interface Status {
  /** Absolute. */
  readonly path: string;
  readonly keyPath: string;
  readonly schema: number;
  readonly counts: StoreCounts;
  readonly policy: PolicyCounts;
  /** Fingerprints of `counts` that only logs told of. */
  readonly partlyKnown: number;
  /** Bytes of the file and of the log beside it. */
  readonly size: number;
  /** Bytes of `size` that are free for new rows. */
  readonly free: number;
  /** Time of the oldest and the newest observation or login, seconds since 1970-01-01 UTC; null where there is none. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

export interface BackupOptions {
  /** Called as pages are copied. A page has 4,096 bytes in general. */
  readonly onProgress?: (progress: { readonly total: number; readonly remaining: number }) => void;
}

/** Looking after the file. Methods throw (or reject with) a `SensorError` with field `database`. */
export interface Upkeep {
  status(): Status;
  /**
   * Cuts and deletes what has been kept long enough, some thousand rows at a time, with pauses for other writers. May be broken off at any moment.
   *
   * @param now seconds since 1970-01-01 UTC
   */
  prune(now: number, retention?: Retention): Promise<PruneResult>;
  /** What `prune` would do now, and nothing done. */
  wouldPrune(now: number, retention?: Retention): WouldPrune;
  /**
   * Copies the database to a new file (mode 0600) while others read and write it. The key file is not copied.
   *
   * @throws SensorError `backup_exists` where there is a file already; what is half copied is removed
   */
  backup(target: string, options?: BackupOptions): Promise<void>;
}

/** Everything, row by row in the order of storing. Other statements may run in between; rows that come meanwhile may or may not be among them. */
export interface Exports {
  fingerprints(): Iterable<FingerprintSummary>;
  observations(): Iterable<StoredObservation>;
  logins(): Iterable<StoredLogin>;
}
