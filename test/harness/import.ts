import { type ImportedRow, openImport } from '../../src/lists/index.js';
import type { LabelRow, ObservationRow } from '../../src/model/index.js';

export interface WholeImport {
  readonly format: string;
  readonly rows: readonly ImportedRow[];
  readonly labels: readonly LabelRow[];
  readonly observations: readonly ObservationRow[];
  /** `line code field`. */
  readonly rejected: readonly string[];
  /** `line repair`. */
  readonly repaired: readonly string[];
  readonly passedOver: number;
}

/** A list read to its end. */
export function wholeImport(...[source, options]: Parameters<typeof openImport>): WholeImport {
  const list = openImport(source, options);
  const rows = [...list.rows];
  return {
    format: list.format.name,
    rows,
    labels: rows.flatMap((row) => (row.type === 'label' ? [row.label] : [])),
    observations: rows.flatMap((row) => (row.type === 'observation' ? [row.observation] : [])),
    rejected: rows.flatMap((row) => (row.type === 'rejected' ? [`${row.line} ${row.code} ${row.field}`] : [])),
    repaired: rows.flatMap((row) =>
      row.type !== 'rejected' && row.repair !== null ? [`${row.line} ${row.repair}`] : [],
    ),
    passedOver: list.passedOver,
  };
}
