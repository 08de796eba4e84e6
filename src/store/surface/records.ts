import type { Endpoint } from '../../endpoint.js';
import type {
  ClientId,
  LabelRow,
  LoginOutcome,
  ObservationRow,
  RecordedLogin,
  Timestamp,
  Transport,
} from '../../model/index.js';
import type { Stored } from './stored.js';

/** What is kept of a user's name: a keyed hash, the name itself, or nothing. */
export type UserForm = 'hmac' | 'plain' | 'none';

/** An observation as it is kept. `ip` of a client is a network (`192.0.2.0/24`, `2001:db8:1::/48`) once it was cut. */
export interface StoredObservation {
  readonly id: number;
  readonly time: Timestamp;
  readonly transport: Transport;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly proxiedSrc: Endpoint | null;
  readonly starttls: string | null;
  readonly sni: string | null;
  readonly alpn: readonly string[] | null;
  readonly tlsVersion: string | null;
  readonly retry: boolean;
  readonly fingerprintId: number;
  /** Seconds since 1970-01-01 UTC. */
  readonly recordedAt: number;
}

export interface StoredLogin {
  readonly id: number;
  readonly time: Timestamp;
  /** null also once the address was cut: Dovecot's session names hold it. */
  readonly session: string | null;
  readonly protocol: string;
  /** The name where it is kept plain; else null. */
  readonly user: string | null;
  /** 32 hex digits, the same for the same user under one key file; null where nothing of the name is kept. */
  readonly userHash: string | null;
  /** `ip` is a network once it was cut. */
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  readonly mechanism: string | null;
  readonly outcome: LoginOutcome;
  readonly reason: string | null;
  readonly tls: boolean;
  /** null: the log told nothing of the hello. */
  readonly fingerprintId: number | null;
  /** From here on: what a proxy knows of it; null where it came from a log. */
  readonly listener: string | null;
  readonly sni: string | null;
  /** Negotiated: `TLSv1.3`. */
  readonly tlsVersion: string | null;
  readonly backend: string | null;
  readonly reasonCode: string | null;
  readonly clientId: ClientId | null;
  readonly recordedAt: number;
}

export interface LoginFilter {
  /** Also finds the logins of those that are linked to it. */
  readonly fingerprintId?: number;
  readonly user?: string;
  /** Seconds. */
  readonly since?: number;
  readonly outcome?: LoginOutcome;
  /** Default 100. */
  readonly limit?: number;
}

/** Hellos. Methods throw a `SensorError` with field `database`. */
export interface ObservationStore {
  /**
   * Stores each observation once, by time (to the microsecond), endpoints, transport and ja3_hash. Rows are committed when it returns. After an error
   * some of the rows may be stored; handing all of them in again is safe.
   */
  record(rows: Iterable<ObservationRow>): Stored;
}

/** Authentication attempts. Methods throw a `SensorError` with field `database`. */
export interface LoginStore {
  /**
   * Stores each login once, by time (to the microsecond), session, protocol, endpoints, outcome and user. Committed when it returns; after an error some may be
   * stored, and handing all of them in again is safe.
   *
   * @param users default `hmac`
   */
  record(rows: Iterable<RecordedLogin>, users?: UserForm): Stored;
  /** The newest first. */
  list(filter?: LoginFilter): readonly StoredLogin[];
  /** Every login of a user, the oldest first, by name or by its keyed hash. Upper and lower case are one. */
  exportUser(name: string): readonly StoredLogin[];
  /** Deletes these, and all that a policy keeps of the user, list entries included; and wipes the places they were in. @returns how many rows */
  forgetUser(name: string): number;
}

/**
 * One file's rows: all of them or none. The lock is taken when some ten thousand rows have come, or with `commit`: while a slow pipe is read other
 * writers may have to wait for it. Until it ends, nothing else may be written through the same store.
 */
export interface Import {
  labels(rows: Iterable<LabelRow>): void;
  observations(rows: Iterable<ObservationRow>): void;
  logins(rows: Iterable<RecordedLogin>, users?: UserForm): void;
  /** All is stored when it returns; nothing is when it throws. */
  commit(): ImportResult;
  /** Nothing is stored. After `commit` or an error it does nothing. */
  abort(): void;
}

export interface ImportResult {
  readonly labels: Stored;
  readonly observations: Stored;
  readonly logins: Stored;
}
