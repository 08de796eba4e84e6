import { SensorError } from '../../errors.js';
import { csvRecords } from '../csv-records.js';
import { requiredText } from '../fields.js';
import { labelRow } from '../label.js';
import type { LineFormat } from '../rows.js';
import { checkValue } from '../values.js';

const ROW = /^"?[0-9a-fA-F]{32}"?,(?:"(?:[^"]|"")*"|[^,"]*)\s*$/;

/**
 * `md5,"program,program"`, as salesforce/ja3 publishes it (lists/osx-nix-ja3.csv): hashes alone. Its first record is the licence, four lines in quotes and
 * an empty second field.
 */
export const salesforceCsv: LineFormat = {
  name: 'salesforce-csv',
  title: 'hashes and names in the form of salesforce/ja3 (CSV)',
  reads: 'lines',
  gives: 'labels',
  recognise: (line) => ROW.test(line),
  open: (rows, provenance) => {
    let source = provenance.source ?? 'import';
    let licence = provenance.licence ?? 'unknown';
    return csvRecords(
      rows,
      (fields, line) => {
        if (/^Copyright\b/i.test(fields[0]!)) {
          if (/salesforce/i.test(fields[0]!)) source = provenance.source ?? 'salesforce-ja3';
          if (/BSD 3-Clause/i.test(fields[0]!)) licence = provenance.licence ?? 'BSD-3-Clause';
          rows.passedOver++;
          return;
        }
        if (fields.length !== 2)
          throw new SensorError('csv_fields', 'csv', 0, `${fields.length} fields where there are 2`);
        const value = checkValue('ja3', fields[0]!, null);
        if (value === null) throw new SensorError('missing_value', 'ja3_hash', 0, 'is missing');
        const client = requiredText(fields[1], 'client');
        // Desktop programs on the Web: a mail program among them was seen fetching pages.
        rows.label(line, labelRow('ja3', value, { client, kind: 'http', source, sourceRow: line, licence }));
      },
      { comments: true },
    );
  },
};
