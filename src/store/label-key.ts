import type { LabelRow } from '../model/index.js';
import type { LabelFilter, StoredLabel } from './surface/index.js';

/** What makes two rows one label under one value. */
export function labelKey(row: LabelRow): string {
  return JSON.stringify([row.view, row.hash, row.client, row.version, row.tlsLibrary, row.source]);
}

/**
 * One row of each label, the first; its duplicates would change it to and fro at every seeding. Two hellos of one client that differ in what Dovecot does not
 * look at are such duplicates.
 */
export function distinctLabels(rows: Iterable<LabelRow>): {
  readonly distinct: readonly LabelRow[];
  readonly duplicates: number;
} {
  const byKey = new Map<string, LabelRow>();
  let handed = 0;
  for (const row of rows) {
    handed++;
    const key = labelKey(row);
    if (!byKey.has(key)) byKey.set(key, row);
  }
  return { distinct: [...byKey.values()], duplicates: handed - byKey.size };
}

/** Everything but what makes a label that label. */
export function sameContent(a: LabelRow, b: LabelRow): boolean {
  return (
    a.string === b.string &&
    a.kind === b.kind &&
    a.weight === b.weight &&
    a.quality === b.quality &&
    a.sourceRow === b.sourceRow &&
    a.licence === b.licence &&
    a.captured === b.captured
  );
}

/** The label alone, without its row number. */
export function withoutId(label: StoredLabel): LabelRow {
  const { id, ...row } = label;
  void id;
  return row;
}

export function isEmpty(filter: LabelFilter): boolean {
  return Object.values(filter).every((condition) => condition === undefined);
}
