import type { KnownValue, KnownViews, LoginOutcome } from '../../model/index.js';
import type { StoredLabel } from './labels.js';
import type { Seen } from './stored.js';

/** The views as they are stored. The string of ja3n is not kept (it follows from ja3's): it reads as null. */
export interface StoredViews extends KnownViews {
  /** What a log called ssl_ja3 without saying of which OpenSSL generation. */
  readonly sslJa3Logged: KnownValue | null;
}

export interface StoredFingerprint {
  readonly id: number;
  readonly views: StoredViews;
  /** True: a hello was seen. False: a log told a value or two of it. */
  readonly whole: boolean;
  /** Of one that is not whole: the only whole fingerprint its values fit. null: none, or several. */
  readonly wholeId: number | null;
}

/** A fingerprint with what was counted for it, and for those a log told of that are linked to it. */
export interface FingerprintSummary extends StoredFingerprint, Seen {}

export interface PortCount extends Seen {
  /** 0: not told. */
  readonly port: number;
  readonly starttls: string | null;
}

export interface ServerNameCount {
  readonly serverName: string;
  readonly hellos: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface FingerprintDetail extends FingerprintSummary {
  /** The busiest first. */
  readonly ports: readonly PortCount[];
  /** The most frequent first, 64 at most. */
  readonly serverNames: readonly ServerNameCount[];
  /** Different source addresses among the latest observations (1,000 at most); a cut address counts as its network. */
  readonly sources: { readonly distinct: number; readonly among: number };
  /** Logins by what became of them. */
  readonly outcomes: Readonly<Record<LoginOutcome, number>>;
  /** Whole fingerprints that its values fit, itself not among them, 64 at most. Empty for a whole one. */
  readonly fits: readonly number[];
  /** Those a log told of that are linked to this one. */
  readonly parts: readonly number[];
}

/** Counts of one hour or day. Those without a count are left out. */
export interface SeriesPoint {
  /** Its first second, UTC. */
  readonly start: number;
  readonly hellos: number;
  readonly logins: number;
}

export interface SeriesRange {
  readonly step: 'hour' | 'day';
  /** Seconds; from this moment's hour or day on. Default: the first there is. */
  readonly since?: number;
  /** Seconds, not included. Default: to the last. */
  readonly until?: number;
}

export interface TopFilter {
  /** Seconds: only what was seen in this moment's hour or later. */
  readonly since?: number;
  readonly port?: number;
  /** Default 20. */
  readonly limit?: number;
}

export interface SearchResult {
  /** Client, tls_library or source has the text, or the hash begins with it. */
  readonly labels: readonly StoredLabel[];
  /** A value begins with the text, or a server name has it. */
  readonly fingerprints: readonly FingerprintSummary[];
}

/** Questions about what was recorded. Methods throw a `SensorError` with field `database`. */
export interface FingerprintStore {
  get(id: number): FingerprintSummary | null;
  /**
   * By any value: ja3, ja3n, ssl_ja3 (either generation, or as logged), ja4; the most often seen first.
   *
   * @param value a hash, or how it begins
   * @param limit default 20
   */
  find(value: string, limit?: number): readonly FingerprintSummary[];
  detail(id: number): FingerprintDetail | null;
  /** Oldest first, the newest 5,000 points at most. */
  series(id: number, range: SeriesRange): readonly SeriesPoint[];
  /** The most often seen first (by hellos or logins, whichever are more). Counts and times are those of the filter. */
  top(filter?: TopFilter): readonly FingerprintSummary[];
  /** @param limit of labels and of fingerprints each, default 20 */
  search(text: string, limit?: number): SearchResult;
}
