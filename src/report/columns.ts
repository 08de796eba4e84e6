import Table from 'cli-table3';
import type { Paint } from './format.js';

/** Between two columns. */
const GAP = 2;

export interface Column {
  readonly head: string;
  /** As wide as this from the start, so that lines of later rows stay under those of the first. */
  readonly usual?: number;
  /** The narrowest this column may become where the terminal is narrow; as wide as its longest cell where absent. */
  readonly least?: number;
  /** Half of a hash is no use: such a column is either whole or as narrow as it may become. */
  readonly wholeOrLeast?: boolean;
  /** Set apart on a terminal. */
  readonly bold?: boolean;
}

// Characters that take two columns on a terminal: East Asian scripts, full-width forms, pictures. They come with labels, never from the wire.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;

const cellWidth = (cell: string): number => cell.length + (cell.match(wide)?.length ?? 0);

export interface Grid {
  /** The header line. */
  head(): string;
  /** Lines for these rows; a cell that does not fit ends in an ellipsis. */
  lines(rows: readonly (readonly string[])[]): string;
}

/** Widths that fit into `width` columns, as far as `least` allows: the last columns are cut first. */
function fitted(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, w) => sum + w, GAP * (widths.length - 1)) - width;
  for (let i = widths.length - 1; i >= 0 && over > 0; i--) {
    const { least = widths[i]!, wholeOrLeast = false } = columns[i]!;
    const cut = Math.max(0, wholeOrLeast ? widths[i]! - least : Math.min(over, widths[i]! - least));
    widths[i]! -= cut;
    over -= cut;
  }
  // What a hash gave up whole may be more than was needed: the others have it back.
  for (let i = 0; i < widths.length && over < 0; i++) {
    if (columns[i]!.wholeOrLeast) continue;
    const back = Math.min(-over, natural[i]! - widths[i]!);
    widths[i]! += back;
    over += back;
  }
  return widths;
}

/**
 * Lines with columns, row by row as they come. Columns only ever grow, so that what was printed stays in line as long as the data allow.
 *
 * @param width columns of the terminal; absent: nothing is cut
 */
export function grid(columns: readonly Column[], width?: number, paint?: Paint): Grid {
  const natural = columns.map((column) => Math.max(column.head.length, column.usual ?? 0));
  const print = (rows: readonly (readonly string[])[]): string => {
    if (rows.length === 0) return '';
    const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
    const rules = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
    const table = new Table({
      chars: { ...Object.fromEntries([...none, ...rules].map((name) => [name, ''])), middle: ' '.repeat(GAP) },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
      colWidths: width === undefined ? [...natural] : fitted(columns, natural, width),
      truncate: '…',
    });
    for (const row of rows) table.push([...row]);
    return `${table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')}\n`;
  };
  return {
    head: () => print([columns.map((column) => (paint ? paint.dim(column.head) : column.head))]),
    lines: (rows) => {
      for (const row of rows) {
        for (let i = 0; i < natural.length; i++) natural[i] = Math.max(natural[i]!, cellWidth(row[i]!));
      }
      return print(
        paint ? rows.map((row) => row.map((cell, i) => (columns[i]!.bold && cell ? paint.bold(cell) : cell))) : rows,
      );
    },
  };
}
