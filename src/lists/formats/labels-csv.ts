import { SensorError } from '../../errors.js';
import { csvRecords } from '../csv-records.js';
import { labelsOfRecord, VIEW_COLUMNS } from '../label-fields.js';
import type { LineFormat } from '../rows.js';

const isHeader = (line: string): boolean => {
  const columns = new Set(line.trim().split(','));
  return columns.has('client') && VIEW_COLUMNS.some(({ hash }) => columns.has(hash));
};

/**
 * Our own label files (db/labels/README.md), what `db export` writes, and tables of clients with some of the same columns: what is not there is filled in,
 * columns of other names are not read.
 */
export const labelsCsv: LineFormat = {
  name: 'ja3-sensor-labels-csv',
  title: 'labels of ja3-sensor (CSV)',
  reads: 'lines',
  gives: 'labels',
  recognise: isHeader,
  open: (rows, { source = 'import', licence = 'unknown' }) => {
    const absent: Readonly<Record<string, string>> = { kind: 'user agent', weight: '1', source, licence };
    let columns: ReadonlyMap<string, number> | null = null;
    return csvRecords(rows, (fields, line) => {
      if (columns === null) {
        columns = new Map(fields.map((column, at) => [column.trim(), at]));
        return;
      }
      const known = columns;
      if (fields.length !== known.size) {
        throw new SensorError('csv_fields', 'csv', 0, `${fields.length} fields where there are ${known.size}`);
      }
      const read = (column: string): string | undefined => {
        const at = known.get(column);
        return at === undefined ? absent[column] : fields[at];
      };
      for (const { label, repair } of labelsOfRecord(read, line)) rows.label(line, label, repair);
    });
  },
};
