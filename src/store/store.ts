import type { LabelRow, ObservationRow } from '../model/index.js';

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
