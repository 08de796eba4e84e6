import type {
  DeviceRow,
  HeardLogin,
  ListEntry,
  PolicyBatch,
  UserClientRow,
  UserNetworkRow,
  UsualRow,
} from '../../model/index.js';

/** What a policy is kept of one user. */
export interface PolicyOfUser {
  readonly clients: readonly UserClientRow[];
  readonly networks: readonly UserNetworkRow[];
  /** Counts that are kept by user. */
  readonly usual: readonly UsualRow[];
  /** List entries about the name, alone or with an address. */
  readonly listed: readonly ListEntry[];
  /** The oldest first. */
  readonly heard: readonly HeardLogin[];
}

/** Rows of each kind. */
export interface PolicyCounts {
  readonly heard: number;
  readonly userClients: number;
  readonly userNetworks: number;
  readonly devices: number;
  readonly usual: number;
  readonly listed: number;
}

/**
 * What a policy heard, said and learned. Methods throw a `SensorError` with field `database`; iterables do when they are walked. They read page by page: other
 * statements may run in between, and rows that come meanwhile may or may not be among them.
 */
export interface PolicyStore {
  userClients(): Iterable<UserClientRow>;
  userNetworks(): Iterable<UserNetworkRow>;
  devices(): Iterable<DeviceRow>;
  usual(): Iterable<UsualRow>;
  /** In the order they were added, those that have run out too. */
  listed(): Iterable<ListEntry>;
  /**
   * The oldest first.
   *
   * @param since milliseconds since 1970-01-01 UTC
   * @param until not any more; default: to the end
   */
  heard(since: number, until?: number): Iterable<HeardLogin>;
  /** Attempts over one connection, the oldest first. Empty once its address was cut. */
  heardOf(session: string): readonly HeardLogin[];
  /** Sessions whose names begin so, in the order of their names. @param limit default 20 */
  sessions(prefix: string, limit?: number): readonly string[];
  /**
   * Logins that were recorded (`Store.logins`), as a policy that only listened would have heard them: verdict allow of source `off`, no device. The oldest first.
   *
   * @param since milliseconds since 1970-01-01 UTC
   */
  recorded(since: number): Iterable<HeardLogin>;
  /**
   * Stores all of it or nothing. A row replaces the one with its key; a login that was heard replaces the one with its time, session, user and device. Committed
   * when it returns.
   *
   * @param key {@link key} of the store whose `userKey` made the batch's; default: this one's, as it was opened. Where the file has another key by now, what is kept by
   *   user is left out and logins are kept without: nobody could find them by name, to hand them out or to forget them.
   */
  write(batch: PolicyBatch, key?: string): void;
  /** What stands for a user: 32 hex digits, the same for upper and lower case. @throws SensorError `database_key` */
  userKey(name: string): string;
  /** Tells the key that `userKey` goes by from others, and nothing else: 32 hex digits. */
  readonly key: string;
  ofUser(name: string): PolicyOfUser;
  counts(): PolicyCounts;
}
