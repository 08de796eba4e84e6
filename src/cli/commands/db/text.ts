import { type Column, formatTableTime, formatTimestamp, tableText } from '../../../report/index.js';
import { terminalPaint, terminalWidth } from '../../terminal.js';

/** A table as wide as the terminal; empty without a row. Cells are escaped already. */
export async function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<string> {
  const width = terminalWidth();
  const paint = await terminalPaint();
  return tableText(columns, rows, {
    ...(width === undefined ? {} : { width }),
    ...(paint === undefined ? {} : { paint }),
  });
}

const at = (seconds: number) => ({ seconds, nanoseconds: 0, digits: 0 });

/** `2026-11-22T04:28:45Z`; null where there is no moment, or one that RFC 3339 cannot write. */
export function isoTime(seconds: number | null): string | null {
  return seconds === null ? null : formatTimestamp(at(seconds));
}

/** For people: `2026-11-22 04:28:45`, UTC; `-` where there is none. */
export function shownTime(seconds: number | null): string {
  return (seconds !== null && formatTableTime(at(seconds))) || '-';
}

/** `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A hash in a table: half of one is no use. */
export const HASH = { least: 9, usual: 32, wholeOrLeast: true } as const;

/** A time in a table: at least the day, and the ellipsis. */
export const TIME = { least: 11, usual: 19 } as const;

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 MiB`. */
export function bytes(count: number): string {
  if (count < 1024) return counted(count, 'byte');
  let size = count;
  let unit = -1;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toFixed(1)} ${UNITS[unit]}`;
}
