import { SensorError } from '../../errors.js';
import { csvRecords } from '../csv-records.js';
import { optionalText } from '../fields.js';
import { labelRow } from '../label.js';
import type { LineFormat } from '../rows.js';
import { checkValue } from '../values.js';

const isHeader = (line: string) => /^Application,Library,Device,OS,ja4,/i.test(line);

/** FoxIO's ja4plus-mapping.csv. Rows that have other members of JA4+ and no ja4 are passed over. */
export const foxioCsv: LineFormat = {
  name: 'foxio-csv',
  title: 'FoxIO ja4plus-mapping (CSV)',
  reads: 'lines',
  gives: 'labels',
  recognise: isHeader,
  open: (rows, { source = 'foxio-ja4plus-mapping', licence = 'FoxIO License 1.1' }) => {
    let columns: readonly string[] | null = null;
    return csvRecords(rows, (fields, line) => {
      if (columns === null) {
        columns = fields.map((field) => field.trim().toLowerCase());
        return;
      }
      if (fields.length !== columns.length) {
        throw new SensorError('csv_fields', 'csv', 0, `${fields.length} fields where there are ${columns.length}`);
      }
      const at = (column: string) => optionalText(fields[columns!.indexOf(column)], column);
      const value = checkValue('ja4', at('ja4'), null);
      if (value === null) {
        rows.passedOver++;
        return;
      }
      const tlsLibrary = at('library');
      const client = at('application') || tlsLibrary || at('device') || at('os');
      if (client === '') throw new SensorError('missing_value', 'application', 0, 'names nothing');
      rows.label(line, labelRow('ja4', value, { client, tlsLibrary, kind: 'http', source, sourceRow: line, licence }));
    });
  },
};
