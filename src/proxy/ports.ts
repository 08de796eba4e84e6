import type { ClientHello, ObservationRow, ProxiedLogin, Recognition } from '../model/index.js';

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

/** What the proxy needs of the rest of the house. */
export interface ProxyPorts {
  readonly log: LoginLog;
  /** null: nothing is recorded. */
  readonly recorder: LoginRecorder | null;
  /** null: clients are not named. Must be quick: it runs between a hello and its answer. */
  readonly recognize: ((hello: ClientHello) => Recognition) | null;
  readonly notices: Notices;
}
