import { SensorError } from '../../errors.js';
import { requiredText } from '../fields.js';
import { labelRow, weightOfShare } from '../label.js';
import { badLine, type LineFormat } from '../rows.js';
import { checkValue } from '../values.js';
import { kindOfCategory } from './cisco-json.js';

const ROW = /^[^\t]+\t[^\t]*\t[\d.]*\t[0-9a-f]{32}\t\d+,[\d-]*,[\d-]*,[\d-]*,[\d-]*(?:\t|\s*$)/;

/** An extract of cisco's database: process, category, prevalence, MD5, JA3 string and remarks between tabs, no header. */
export const joyTsv: LineFormat = {
  name: 'joy-tsv',
  title: 'extract of the cisco/joy database (tab-separated)',
  reads: 'lines',
  gives: 'labels',
  recognise: (line) => ROW.test(line),
  open: (rows, { source = 'cisco-joy', licence = 'BSD-3-Clause' }) => ({
    line: (line) =>
      rows.attempt(line.number, () => {
        if (line.wrong !== null) throw badLine(line);
        if (/^\s*(?:#|$)/.test(line.text)) return;
        const [process, category = '', prevalence, hash, string] = line.text.split('\t', 6);
        if (string === undefined) throw new SensorError('csv_fields', 'line', 0, 'fewer than 5 fields');
        const value = checkValue('ja3', hash!, string.trimEnd());
        if (value === null) throw new SensorError('missing_value', 'ja3_hash', 0, 'is missing');
        const client = requiredText(process, 'process');
        const kind = kindOfCategory(category);
        const weight = weightOfShare(prevalence);
        const facts = { client, kind, weight, source, sourceRow: line.number, licence };
        rows.label(line.number, labelRow('ja3', value, facts), value.repair);
      }),
    end: () => {},
  }),
};
