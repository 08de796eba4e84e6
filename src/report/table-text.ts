import type { Column } from './columns.js';
import type { Paint } from './format.js';

export interface TableLook {
  /** Columns of the terminal; absent: as wide as need be. */
  readonly width?: number;
  readonly paint?: Paint;
}

/** A whole table, header first; empty without a row. Cells are printed as they are: escaped by whoever made them. Loads the package that draws it. */
export async function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, paint }: TableLook,
): Promise<string> {
  if (rows.length === 0) return '';
  const { grid } = await import('./columns.js');
  const lines = grid(columns, width, paint);
  const body = lines.lines(rows);
  return lines.head() + body;
}
