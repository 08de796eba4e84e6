import type { Evidence, HeardLogin, ListEntry, PolicyBatch, ToldViews, Verdict } from '../../model/index.js';
import type { LoginReport, PolicyLogin, SeenClient } from '../login.js';
import type { Rule } from '../rules/model.js';

/** When enough was seen of a user for something new to mean anything: both must be reached. */
export interface Learning {
  /** Logins that succeeded. */
  readonly logins: number;
  /** Days since the first of them. */
  readonly days: number;
}

export interface DecisionOptions {
  /** The first that fits counts. */
  readonly rules: readonly Rule[];
  readonly learning: Learning;
  /** Seconds a tarpit may have at most. */
  readonly maxTarpit: number;
  readonly limits: HistoryLimits;
}

/** Beyond these the longest unseen is forgotten. */
export interface HistoryLimits {
  readonly users: number;
  /** Of one user. */
  readonly clientsPerUser: number;
  readonly networksPerUser: number;
  readonly devices: number;
  /** Keys of one counter. */
  readonly keysPerCounter: number;
  /** Different users one count tells apart; beyond that it stands still. */
  readonly usersPerCount: number;
  /** Days after which a client or a network of a user that was not seen again is forgotten. */
  readonly days: number;
}

/** What is decided and why. */
export interface Decision {
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
  /** The entry of the allow or block list that said so. */
  readonly listed?: ListEntry;
}

/** Where decisions are kept. Neither call waits for anything or throws: what finds no room is dropped and counted by whoever writes. */
export interface PolicyBook {
  write(batch: PolicyBatch): void;
}

/** What is known from before: see the store's `policy`. */
export interface PolicyPast {
  userClients(): Iterable<PolicyBatch['userClients'][number]>;
  userNetworks(): Iterable<PolicyBatch['userNetworks'][number]>;
  devices(): Iterable<PolicyBatch['devices'][number]>;
  usual(): Iterable<PolicyBatch['usual'][number]>;
  listed(): Iterable<PolicyBatch['listed'][number]>;
  /** The oldest first. @param since milliseconds since 1970 */
  heard(since: number): Iterable<HeardLogin>;
}

/** What deciding needs of the rest of the house. */
export interface DecisionPorts {
  /** Stands for a user's name, the same for upper and lower case. */
  readonly userKey: (name: string) => string;
  /** For questions about a hash (statistics, reset): the device it is of. */
  readonly identify: Identify;
  /** null: nothing is kept. */
  readonly book: PolicyBook | null;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
}

/** What views tell of a client. Quick, never throws. */
export type Identify = (views: ToldViews) => SeenClient;

/** Decides about logins: the lists, then the rules, with the history. */
export interface Decider {
  /** Asked before and after the password was tried; the answer is remembered for the report. */
  decide(login: PolicyLogin): Decision;
  /** How it went: into the history and, with what was decided, into the book. */
  report(login: PolicyLogin, report: LoginReport): void;
}

/** A decider as whoever runs it holds it. */
export interface RunningDecider extends Decider {
  /**
   * Goes by other rules from now on. What is known of users and devices stays, and so do counts that the new rules ask for as the old ones did; others begin at nothing.
   */
  change(options: DecisionOptions): void;
  /** Gives the book what has changed. */
  flush(): void;
  /** The same, with the logins that wait for a report. Nothing is asked afterwards. */
  close(): void;
}
