/** One thing that a tool did differently from what a fingerprint's definition asks. */
export interface Deviation {
  /** Stable: `grease_in_extensions`, `extensions_sorted`, … */
  readonly code: string;
  /** In words, for people. */
  readonly text: string;
}

/** The view a hash belongs to, or what its tool made differently from it. */
export interface AgainstMatch {
  readonly view: 'ja3' | 'ja3n' | 'ssl_ja3_3.0' | 'ssl_ja3_3.5' | 'ja4';
  /** Empty: this is the fingerprint itself. */
  readonly deviations: readonly Deviation[];
  /** What was hashed to get there; for ja4 the parts, as in ja4_r. */
  readonly string: string;
}

/** One part of a ja4 against the other one's. */
export interface Ja4PartAgainst {
  readonly part: string;
  readonly ours: string;
  readonly theirs: string;
  /** Why theirs may be as it is: empty where no known reason gives it. */
  readonly deviations: readonly Deviation[];
}

/** What came of looking for another tool's hash. */
export interface AgainstResult {
  /** As given, in lower case. */
  readonly hash: string;
  /** How it can come about, with the fewest deviations; empty: in no way that is known. */
  readonly matches: readonly AgainstMatch[];
  /** Of a ja4 that is not ours: the parts that differ. */
  readonly parts: readonly Ja4PartAgainst[];
  /** Strings that were hashed. */
  readonly tried: number;
  /** False: the limit was reached before all combinations had been tried. */
  readonly complete: boolean;
}
