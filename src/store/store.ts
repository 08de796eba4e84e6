import type { Endpoint } from '../endpoint.js';
import type { FingerprintValue, LabelRow, OpenSslGeneration, Timestamp, Transport } from '../model/index.js';

/** All views of one hello that are stored. */
export interface FingerprintViews {
  readonly ja3: FingerprintValue;
  readonly ja3n: FingerprintValue;
  readonly sslJa3: Readonly<Record<OpenSslGeneration, FingerprintValue>>;
  readonly ja4: FingerprintValue | null;
}

/** What is stored of an observation: plain values, and none of the hello's secrets. */
export interface ObservationRow {
  readonly timestamp: Timestamp;
  readonly transport: Transport;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly proxiedSrc: Endpoint | null;
  readonly starttls: string | null;
  readonly sni: string | null;
  readonly alpn: readonly string[] | null;
  /** Highest version offered, `1.3`. */
  readonly tlsVersion: string | null;
  readonly retry: boolean;
  readonly fingerprint: FingerprintViews;
}

/** What became of the rows handed in: `added` are new (or, of labels, changed), `known` were there already. */
export interface Stored {
  readonly added: number;
  readonly known: number;
}

export interface StoreCounts {
  readonly fingerprints: number;
  readonly labels: number;
  readonly observations: number;
}

/**
 * Labels and observations. Every method throws a `SensorError` whose field is `database` and whose message names the file, and nothing else.
 */
export interface Store {
  /** Every label, in the order they were first seeded. */
  labels(): readonly LabelRow[];
  /** Adds labels, and updates those whose string, kind, weight, quality, row, licence or date changed: all of them or none. */
  seedLabels(rows: Iterable<LabelRow>): Stored;
  /**
   * Stores each observation once, by time (to the microsecond), endpoints, transport and ja3_hash. Rows are committed when it returns. After an error
   * some of the rows may be stored; handing all of them in again is safe.
   */
  record(rows: Iterable<ObservationRow>): Stored;
  counts(): StoreCounts;
  /** May be called more than once; the store is of no use afterwards. */
  close(): void;
}
