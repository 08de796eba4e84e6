import { SensorError } from '../../errors.js';
import { KnownHellos } from '../observation.js';
import { badLine, type LineFormat } from '../rows.js';
import { zeekRow } from './zeek.js';

/** `\x09`: one character, as Zeek writes it. */
const escaped = /\\x([0-9a-fA-F]{2})/g;

const unescaped = (text: string) =>
  text.includes('\\x')
    ? text.replace(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/**
 * Zeek's ssl.log in its own form: `#` lines say the separator, what stands for unset and empty, and the columns. Logs of several hours in one file say it
 * again, and may have other columns then. A byte that would break a line is written `\x0a`.
 */
export const zeekTsv: LineFormat = {
  name: 'zeek-tsv',
  title: 'Zeek ssl.log (TSV)',
  reads: 'lines',
  gives: 'observations',
  recognise: (line) => /^#(?:separator |fields\s)/.test(line),
  open: (rows) => {
    const hellos = new KnownHellos();
    let separator = '\t';
    let unset = '-';
    let empty = '(empty)';
    let columns: ReadonlyMap<string, number> | null = null;

    const header = (text: string) => {
      // The separator itself is told behind a space, whatever it is.
      const told = /^#separator (.+)$/.exec(text);
      if (told !== null) separator = unescaped(told[1]!);
      const [name, ...values] = text.split(separator);
      if (name === '#unset_field') unset = values[0] ?? unset;
      else if (name === '#empty_field') empty = values[0] ?? empty;
      else if (name === '#fields') columns = new Map(values.map((column, at) => [column, at]));
    };

    return {
      line: (line) =>
        rows.attempt(line.number, () => {
          if (line.wrong !== null) throw badLine(line);
          const text = line.text.endsWith('\r') ? line.text.slice(0, -1) : line.text;
          if (text.startsWith('#')) return header(text);
          if (text === '') return;
          if (columns === null)
            throw new SensorError('csv_fields', '#fields', 0, 'a row before the line that names its columns');
          const fields = text.split(separator);
          if (fields.length !== columns.size) {
            throw new SensorError('csv_fields', 'line', 0, `${fields.length} fields where there are ${columns.size}`);
          }
          const known = columns;
          zeekRow(
            (column) => {
              const value = fields[known.get(column) ?? fields.length];
              if (value === undefined || value === unset) return null;
              return value === empty ? '' : unescaped(value);
            },
            line.number,
            rows,
            hellos,
          );
        }),
      end: () => {},
    };
  },
};
