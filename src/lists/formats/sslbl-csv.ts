import { SensorError } from '../../errors.js';
import { csvRecords } from '../csv-records.js';
import { requiredText } from '../fields.js';
import { dayOf, labelRow } from '../label.js';
import type { LineFormat } from '../rows.js';
import { checkValue } from '../values.js';

const COLUMNS = /^#\s*ja3_md5,Firstseen,Lastseen,Listingreason/i;
const ROW = /^[0-9a-fA-F]{32},\d{4}-\d\d-\d\d[^,]*,\d{4}-\d\d-\d\d[^,]*,/;

/** abuse.ch's SSL blacklist of JA3: hashes of malware, made in sandboxes. Lines end in CR LF, `#` begins a comment, the column names are one. */
export const sslblCsv: LineFormat = {
  name: 'sslbl-csv',
  title: 'abuse.ch SSLBL, JA3 fingerprints (CSV)',
  reads: 'lines',
  gives: 'labels',
  recognise: (line) => COLUMNS.test(line) || ROW.test(line),
  open: (rows, { source = 'abuse.ch-sslbl', licence = 'abuse.ch terms of use' }) =>
    csvRecords(
      rows,
      (fields, line) => {
        if (fields.length !== 4)
          throw new SensorError('csv_fields', 'csv', 0, `${fields.length} fields where there are 4`);
        const [hash, , lastSeen, reason] = fields;
        const value = checkValue('ja3', hash!, null);
        if (value === null) throw new SensorError('missing_value', 'ja3_hash', 0, 'is missing');
        const name = requiredText(reason, 'Listingreason');
        const client = name === 'None' ? 'unnamed malware' : name;
        const facts = { client, kind: 'malware', source, sourceRow: line, licence, captured: dayOf(lastSeen) };
        rows.label(line, labelRow('ja3', value, facts));
      },
      { comments: true },
    ),
};
