import { SensorError } from '../errors.js';
import { parseCsv } from './csv.js';
import { MAX_LINE_BYTES, MAX_RECORD_LINES } from './limits.js';
import type { Line } from './lines.js';
import { badLine, type LineReader, type Rows } from './rows.js';

/** Whether a `#` begins a comment: in abuse.ch's lists, not in our own files, where a name may begin with it. */
export interface CsvRecordOptions {
  readonly comments?: boolean;
}

/**
 * Puts lines together to CSV records (RFC 4180), whose quoted fields may hold line ends, and hands them on one by one. A quote that is never closed
 * rejects the line it is on, and the next line is read for itself. Empty lines are passed over.
 */
export function csvRecords(
  rows: Rows,
  read: (fields: readonly string[], line: number) => void,
  { comments = false }: CsvRecordOptions = {},
): LineReader {
  let open: Line[] = [];
  let openLength = 0;

  const record = (text: string, line: number) => {
    rows.attempt(line, () => {
      // The LF of a CR LF is gone already.
      const [found] = parseCsv(text.endsWith('\r') ? text.slice(0, -1) : text);
      if (found !== undefined) read(found.fields, line);
    });
  };

  const giveUp = () => {
    const [first, ...rest] = open;
    open = [];
    openLength = 0;
    rows.reject(first!.number, new SensorError('csv_quote', 'csv', 0, 'a quoted field that does not end'));
    for (const line of rest) push(line);
  };

  const push = (line: Line) => {
    if (open.length === 0) {
      if (line.wrong !== null) return rows.reject(line.number, badLine(line));
      if (/^\s*$/.test(line.text) || (comments && line.text.startsWith('#'))) return;
      if (isWhole(line.text)) return record(line.text, line.number);
    }
    open.push(line);
    openLength += line.text.length;
    if (line.wrong !== null || open.length > MAX_RECORD_LINES || openLength > MAX_LINE_BYTES) return giveUp();
    if (open.length > 1 && !isWhole(line.text)) {
      // The second odd number of quotes makes the whole even.
      const text = open.map((part) => part.text).join('\n');
      const { number } = open[0]!;
      open = [];
      openLength = 0;
      record(text, number);
    }
  };

  return {
    line: push,
    end: () => {
      while (open.length > 0) giveUp();
    },
  };
}

/** An even number of quotes: every one that opens a field closes it, and doubled ones count twice. */
function isWhole(text: string): boolean {
  let whole = true;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) whole = !whole;
  return whole;
}
