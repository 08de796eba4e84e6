import type { ReportOptions, ReportWriter } from '../format.js';
import { RowBytes } from '../row-bytes.js';
import { rowWriter, selectedFields } from './ndjson.js';

/** One JSON array of all rows, a row a line; whole files and empty captures too make one valid document. */
export function jsonWriter(options: ReportOptions): ReportWriter {
  const write = rowWriter(selectedFields(options), options.labelsOf);
  const row = new RowBytes();
  let first = true;
  return {
    begin: () => '[',
    rows: (observations, print) => {
      for (const observation of observations) {
        row.ascii(first ? '\n' : ',\n');
        write(row, observation);
        first = false;
      }
      print(row.take());
    },
    adopt: () => {
      const before = first ? '' : ',';
      first = false;
      return before;
    },
    end: () => (first ? ']\n' : '\n]\n'),
  };
}
