import type { KnownValue } from './fingerprint.js';
import type { ClientId, LoginOutcome } from './login.js';
import type { VerdictEffect, VerdictSource } from './verdict.js';

/** The views of a hello as somebody told them, each with or without what it was made of. null: not told. */
export interface ToldViews {
  readonly ja3: KnownValue | null;
  readonly ja3n: KnownValue | null;
  /** Of the OpenSSL generation that told it, which is not known. */
  readonly sslJa3: KnownValue | null;
  readonly ja4: KnownValue | null;
}

/**
 * One thing a verdict rests on, for people and programs: what was asked, what was found, and the numbers it was held against.
 *
 * `condition` is the name it has in the rules file (`failed_users`, `new_client`); `found` is short and never a user's name.
 */
export interface Evidence {
  readonly condition: string;
  readonly found: string | number | boolean;
  /** Numbers beside it: `at_least`, `usual`, `window` (seconds), `logins`. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** A login a policy heard of, with what it said: one row of the database for each attempt. Never with a password, its hash, or SASL data. */
export interface HeardLogin {
  /** Milliseconds since 1970-01-01 UTC, of the question or, where none was asked, of the report. */
  readonly time: number;
  /** As the mail server names the connection; null once the address was cut, and where none was told. */
  readonly session: string | null;
  /** What stands for the user: lower-case hex of a keyed hash. null: none was told. */
  readonly userKey: string | null;
  /** The client's address; a network (`192.0.2.0/24`) once it was cut. */
  readonly remote: string | null;
  readonly protocol: string | null;
  /** The server's port. */
  readonly port: number | null;
  readonly sni: string | null;
  readonly mechanism: string | null;
  readonly tls: boolean;
  readonly tlsVersion: string | null;
  readonly clientId: ClientId | null;
  readonly views: ToldViews;
  /** What is the same for one client in every situation; null where nothing tells. */
  readonly device: string | null;
  /** null: it was asked about, and no report has come. */
  readonly outcome: LoginOutcome | null;
  /** What was said. `ignored` is what it would have been, where the rules only report. */
  readonly effect: VerdictEffect;
  readonly ignored: VerdictEffect | null;
  readonly source: VerdictSource;
  readonly rule: string | null;
  readonly evidence: readonly Evidence[];
}

/** A client (device key) a user logged in with. Times are seconds since 1970-01-01 UTC. */
export interface UserClientRow {
  readonly userKey: string;
  readonly device: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Logins that succeeded. */
  readonly succeeded: number;
}

/** A network (/24 of IPv4, /48 of IPv6, as text) a user logged in from. */
export interface UserNetworkRow {
  readonly userKey: string;
  readonly network: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly succeeded: number;
}

/** What became of all logins with one device key. */
export interface DeviceRow {
  readonly device: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * What is usual of one count: see the history's baselines. `counter` names the count (what, per what, window), `key` what it is of: the values in the order device,
 * network, address, user key, with a space between them, so that a user key is always the last 32 digits.
 */
export interface UsualRow {
  readonly counter: string;
  readonly key: string;
  readonly usual: number;
  /** Seconds: the end of the last window it was learned from. */
  readonly learned: number;
  /** Seconds: since when it is watched. Logins before that do not count for this key, not even those that are still in a window: it was reset then. */
  readonly since: number;
  /** The highest count of the last window that anything was counted in, which need not be over. */
  readonly peak: number;
  /** Seconds: when that window began. */
  readonly peakFrom: number;
}

/** What of a login a list entry is about, with wforce's combinations: an address or network, a login, a ja3 hash, or an address with one of these. At least one is there. */
export interface ListKey {
  /** An address, or a network in CIDR form. */
  readonly ip: string | null;
  /** The user's name in lower case, as the operator wrote it: whoever keeps a list must be able to read it. */
  readonly login: string | null;
  /** Lower-case hex MD5, of ja3 or ssl_ja3. */
  readonly ja3: string | null;
}

export interface ListEntry extends ListKey {
  readonly list: 'allow' | 'block';
  /** Seconds since 1970-01-01 UTC. */
  readonly expires: number;
  readonly reason: string;
}

/** What is written together: all of it or nothing. Rows with the same key replace what is there; `heard` rows are told apart by time, session, user and device, and replace too. */
export interface PolicyBatch {
  readonly heard: readonly HeardLogin[];
  readonly userClients: readonly UserClientRow[];
  readonly userNetworks: readonly UserNetworkRow[];
  readonly devices: readonly DeviceRow[];
  readonly usual: readonly UsualRow[];
  readonly listed: readonly ListEntry[];
  readonly unlisted: readonly (ListKey & { readonly list: 'allow' | 'block' })[];
}
