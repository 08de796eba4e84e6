import type { LabelRow, LabelVia } from '../../model/index.js';
import type { Stored } from './stored.js';

export interface StoredLabel extends LabelRow {
  readonly id: number;
}

/** Every condition that is there must hold. */
export interface LabelFilter {
  readonly view?: LabelVia;
  /** The whole value, lower case. */
  readonly hash?: string;
  /** Part of client or tls_library, in any case. */
  readonly name?: string;
  readonly source?: string;
  readonly kind?: string;
  readonly quality?: string;
}

/** Names. Methods throw a `SensorError` with field `database`. */
export interface LabelStore {
  /** Every label, in the order they were first stored. */
  all(): readonly LabelRow[];
  /** As `all`, with the string filled in where a label is known by its ja3 or ssl_ja3 hash alone and a recorded hello has that hash: what matching needs. */
  references(): readonly LabelRow[];
  /**
   * Adds labels, and updates those whose string, kind, weight, quality, row, licence or date changed: all of them or none. What was removed stays removed.
   */
  seed(rows: Iterable<LabelRow>): Stored;
  /** As `seed` for one label, and brings it back if it was removed. */
  add(row: LabelRow): { readonly label: StoredLabel; readonly added: boolean };
  list(filter?: LabelFilter): readonly StoredLabel[];
  /**
   * Removes labels for good: a later seeding does not bring them back, `add` and an import do.
   *
   * @param which ids, or a filter with at least one condition
   * @returns those removed
   */
  remove(which: readonly number[] | LabelFilter): readonly StoredLabel[];
}
