import type { LabelRow } from './label.js';

/**
 * How an answer was found, the surest first. The ladder stops at the first rung that answers.
 *
 * - `ja3`, `ja4`, `ssl_ja3`: the very value.
 * - `situational`: the same but for extensions that come and go with the situation (server name, padding, resumption, early data, cookie, ALPN), in order.
 * - `unordered`: the same in any order, which survives permuted extensions.
 * - `stack`: the same cipher suites and groups. From here down an answer names a TLS library, never a client.
 * - `nearest`: the most similar one that is known.
 * - `none`: nothing is similar enough.
 */
export type Rung = 'ja3' | 'ja4' | 'ssl_ja3' | 'situational' | 'unordered' | 'stack' | 'nearest' | 'none';

/** A label that answers, and how much of the answer it is. */
export interface Candidate {
  readonly label: LabelRow;
  /** Share among the candidates, 0 to 1: all shares of a recognition add up to 1. */
  readonly share: number;
}

/** What a list of one hello has and the other has not, in order of appearance. */
export interface ListDifference {
  /** In the hello, not in the known one. */
  readonly added: readonly number[];
  /** In the known one, not in the hello. */
  readonly dropped: readonly number[];
  /** In both, at another place among what both have. */
  readonly moved: readonly number[];
}

/** What tells a hello from the best known one. */
export interface HelloDifference {
  /** `[hello's, known one's]`; null where they are the same. */
  readonly version: readonly [number, number] | null;
  readonly cipherSuites: ListDifference;
  readonly extensions: ListDifference;
  readonly supportedGroups: ListDifference;
  readonly ecPointFormats: ListDifference;
}

/** Labels found, the rung they were found on, and how sure that is. */
export interface Recognition {
  readonly rung: Rung;
  /** Similarity, 0 to 1: 1 on the exact rungs. Not a probability: `confidence` is. */
  readonly score: number;
  /** How often an answer on this rung, with such a score, was right when it was measured (docs/recognition.md): 0 to 1; null where too little was measured, and where no family is named below `unordered`. */
  readonly confidence: number | null;
  /** TLS library family that all candidates share (`GnuTLS`, `OpenSSL`, `NSS`, …); null where they do not, or it is unknown. */
  readonly family: string | null;
  /** The heaviest first. Empty on `none`. Below `unordered` they are the evidence for the family, not names for the hello. */
  readonly candidates: readonly Candidate[];
  /** Against the best candidate; null where its lists are not known, and where nothing differs. */
  readonly difference: HelloDifference | null;
}
