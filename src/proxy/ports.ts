import type {
  ClientHello,
  LoginEnd,
  LoginFacts,
  ObservationRow,
  ProxiedLogin,
  Recognition,
  Verdict,
} from '../model/index.js';

/** Where login lines go. `write` has handed the line to the system when it returns, and never throws: while it cannot, `failing` is true. */
export interface LoginLog {
  write(login: ProxiedLogin): void;
  readonly failing: boolean;
}

/** The database, behind a bounded queue: neither call waits for anything. */
export interface LoginRecorder {
  login(login: ProxiedLogin): void;
  observation(row: ObservationRow): void;
  /** What is written fails, or too much waits. */
  readonly failing: boolean;
}

/** Something the operator should know. Never with what a client typed. */
export interface Notices {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/**
 * Who decides about logins. Nothing here throws or rejects, and every question has an answer within the policy's own deadline.
 *
 * Passwords are read before a method returns (what is asked is a hash of it) and not kept: they may be wiped from then on. null: the mechanism shows none.
 */
export interface LoginPolicy {
  /** Before a backend is asked. A `tarpit` is for the caller to wait. */
  beforeAuth(login: LoginFacts, password: Uint8Array | null): Promise<Verdict>;
  /** The backend said yes, and the client has not heard of it yet. Never `tarpit`. */
  afterAuth(login: LoginFacts, password: Uint8Array | null): Promise<Verdict>;
  /** How it ended, once per attempt; waits for nothing. */
  report(login: LoginFacts, password: Uint8Array | null, end: LoginEnd): void;
}

/** What the proxy needs of the rest of the house. */
export interface ProxyPorts {
  readonly log: LoginLog;
  /** null: nothing is recorded. */
  readonly recorder: LoginRecorder | null;
  /** null: clients are not named. Must be quick: it runs between a hello and its answer. */
  readonly recognize: ((hello: ClientHello) => Recognition) | null;
  readonly notices: Notices;
  /** Absent: logins are the backends' business alone. */
  readonly policy?: LoginPolicy;
}
