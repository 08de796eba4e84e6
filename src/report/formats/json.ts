import type { ReportOptions, ReportWriter } from '../format.js';
import { rowWriter, selectedFields } from './ndjson.js';

/** One JSON array of all rows, a row a line; whole files and empty captures too make one valid document. */
export function jsonWriter(options: ReportOptions): ReportWriter {
  const write = rowWriter(selectedFields(options), options.labelsOf);
  let first = true;
  return {
    begin: () => '[',
    rows: (observations, print) => {
      for (const observation of observations) {
        print(`${first ? '\n' : ',\n'}${write(observation)}`);
        first = false;
      }
    },
    adopt: () => {
      const before = first ? '' : ',';
      first = false;
      return before;
    },
    end: () => (first ? ']\n' : '\n]\n'),
  };
}
