import { SensorError } from '../errors.js';

export interface CsvRecord {
  /** Line the record begins on, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads RFC 4180 text strictly: a quote may only open or close a field, a quoted field must end, and every record has as many fields as the first. Lines
 * end in LF or CRLF; the last one may lack its end. A byte-order mark is passed over.
 *
 * @throws SensorError `csv_quote`, `csv_fields`; the field is `csv`, the offset counts characters
 */
export function parseCsv(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const start = at;
    const record = { line, fields: [] as string[] };
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at) : bare(text, at);
      record.fields.push(field.value);
      line += field.lines;
      at = field.end;
      if (text[at] !== ',') break;
      at++;
    }
    if (text.startsWith('\r\n', at)) at += 2;
    else if (text[at] === '\n') at++;
    else if (at < text.length)
      throw new SensorError('csv_quote', 'csv', at, `line ${line}: text after a closing quote`);
    line++;
    const wanted = records[0]?.fields.length ?? record.fields.length;
    if (record.fields.length !== wanted) {
      const message = `line ${record.line}: ${record.fields.length} fields where the first line has ${wanted}`;
      throw new SensorError('csv_fields', 'csv', start, message);
    }
    records.push(record);
  }
  return records;
}

interface Field {
  readonly value: string;
  readonly end: number;
  /** Line ends inside the field. */
  readonly lines: number;
}

function bare(text: string, start: number): Field {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && !text.startsWith('\r\n', end)) {
    if (text[end] === '"') throw new SensorError('csv_quote', 'csv', end, 'a quote inside an unquoted field');
    end++;
  }
  return { value: text.slice(start, end), end, lines: 0 };
}

function quoted(text: string, start: number): Field {
  let end = start;
  for (;;) {
    // A doubled quote is one quote of the content (RFC 4180 section 2, rule 7): the search goes on behind it.
    end = text.indexOf('"', end + 1);
    if (end < 0) throw new SensorError('csv_quote', 'csv', start, 'a quoted field that does not end');
    if (text[end + 1] !== '"') break;
    end++;
  }
  const content = text.slice(start + 1, end);
  return { value: content.replaceAll('""', '"'), end: end + 1, lines: content.split('\n').length - 1 };
}
