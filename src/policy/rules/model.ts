import type { Rung } from '../../model/index.js';

/** What a rule does with a login. `log`: only the verdict is written, and the rules behind it are not asked. */
export type RuleAction =
  | { readonly action: 'log' }
  /** Whole seconds, at least 1. */
  | { readonly action: 'tarpit'; readonly seconds: number }
  | { readonly action: 'reject'; readonly message: string | null };

/**
 * One rule. All conditions of `when` must hold, and none of the conditions in `unless` (each of these a set of which all must hold).
 */
export interface Rule {
  /** Unique in its file; ASCII, 64 characters at most: it goes into log lines. */
  readonly name: string;
  readonly when: Conditions;
  readonly unless: readonly Conditions[];
  readonly then: RuleAction;
  /** false: what it says is written and not done. */
  readonly enforce: boolean;
}

/** Conditions on a login. One that is absent is not asked; of a list one value must fit. What a login does not tell fits no value. */
export interface Conditions {
  // What was told.
  /** Hashes in any view: ja3_hash, ja3n_hash, ssl_ja3_hash, or a ja4. Lower case. */
  readonly fingerprint?: readonly string[];
  /** Names of clients: `*` stands for any characters; upper and lower case are one. Holds where labels that fit have together at least half of the shares, on the rung `unordered` or better. */
  readonly client?: readonly string[];
  /** TLS library families (`GnuTLS`, `OpenSSL`, …), upper and lower case are one. */
  readonly family?: readonly string[];
  readonly rung?: readonly Rung[];
  /** Kinds of labels (`user agent`, `library`, `server`, `audit tool`, `http`, `malware`). Holds where labels that fit have together at least half of the shares, on the rung `unordered` or better. */
  readonly kind?: readonly string[];
  /** False: nothing tells of a hello. */
  readonly hasFingerprint?: boolean;
  /** Names, `*` as above. */
  readonly user?: readonly string[];
  /** Addresses and networks. */
  readonly network?: readonly string[];
  readonly protocol?: readonly string[];
  readonly port?: readonly number[];
  /** `*` as above; null: none was sent. */
  readonly sni?: readonly (string | null)[];
  readonly mechanism?: readonly string[];
  readonly tls?: boolean;
  readonly tlsVersion?: readonly string[];
  readonly time?: TimeCondition;
  // Contradictions.
  /** True: the IMAP ID names a client whose TLS library is another than the hello's (docs/policy.md has the table). */
  readonly contradiction?: boolean;
  // History.
  /** True: the user has logged in often enough (learning), and never with this device. False: the user has logged in with it before. */
  readonly newClient?: boolean;
  /** The same of the network (/24, /48) of the client's address. */
  readonly newNetwork?: boolean;
  /** True: the fingerprint (device key) has failed at least `failures` times, and never succeeded. */
  readonly neverSucceeded?: { readonly failures: number };
  /** All must hold. */
  readonly counts?: readonly CountCondition[];
}

export interface TimeCondition {
  /** 0 Sunday to 6 Saturday, of the day on which `between` begins; empty: any. */
  readonly days: readonly number[];
  /** Minutes since midnight, `to` not included; `from` after `to` goes over midnight, and equal to it the whole day round; null: the whole day. */
  readonly between: { readonly from: number; readonly to: number } | null;
  /** Minutes that the clock of the rules is ahead of UTC: 60 for `+01:00`. */
  readonly utcOffset: number;
}

/** What is counted. `failed_users`: different users among failed logins. */
export const COUNTED = ['users', 'failed_users', 'failures', 'logins'] as const;
export type Counted = (typeof COUNTED)[number];

/** What it is counted per: logins are together whose values of all these are the same. A login that lacks one is not counted. */
export const PER = ['fingerprint', 'network', 'address', 'user'] as const;
export type Per = (typeof PER)[number];

/** Something counted over a sliding window reaches a number. */
export interface CountCondition {
  readonly count: Counted;
  /** In the order of {@link PER}. */
  readonly per: readonly Per[];
  /** Seconds. */
  readonly window: number;
  readonly atLeast: number;
  /** null: no baseline. Else the count must also reach this many times what is usual of the same key. */
  readonly timesUsual: number | null;
}
