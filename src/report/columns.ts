import Table from 'cli-table3';
import type { Paint } from './format.js';

/** Between two columns. */
const GAP = 2;

export interface Column {
  readonly head: string;
  /** The narrowest this column may become where the terminal is narrow; as wide as its longest cell where absent. */
  readonly least?: number;
  /** Set apart on a terminal. */
  readonly bold?: boolean;
}

// Characters that take two columns on a terminal: East Asian scripts, full-width forms, pictures. They come with labels, never from the wire.
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;

const cellWidth = (cell: string): number => [...cell].length + (cell.match(wide)?.length ?? 0);

export interface Grid {
  /** The header line. */
  head(): string;
  /** Lines for these rows; a cell that does not fit ends in an ellipsis. */
  lines(rows: readonly (readonly string[])[]): string;
}

/**
 * Lines with columns, row by row as they come. Columns only ever grow, so that what was printed stays in line as long as the data allow. Where the
 * whole would be wider than `width`, columns shrink towards their `least`, the last ones first.
 *
 * @param width columns of the terminal; absent: nothing is cut
 */
export function grid(columns: readonly Column[], width?: number, paint?: Paint): Grid {
  const natural = columns.map((column) => column.head.length);
  const fitted = (): number[] => {
    const widths = [...natural];
    if (width === undefined) return widths;
    let over = widths.reduce((sum, w) => sum + w, GAP * (widths.length - 1)) - width;
    for (let i = widths.length - 1; i >= 0 && over > 0; i--) {
      const least = columns[i]!.least;
      if (least === undefined || widths[i]! <= least) continue;
      const cut = Math.min(over, widths[i]! - least);
      widths[i]! -= cut;
      over -= cut;
    }
    return widths;
  };
  const print = (rows: readonly (readonly string[])[]): string => {
    if (rows.length === 0) return '';
    const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
    const rules = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
    const table = new Table({
      chars: { ...Object.fromEntries([...none, ...rules].map((name) => [name, ''])), middle: ' '.repeat(GAP) },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
      colWidths: fitted(),
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
