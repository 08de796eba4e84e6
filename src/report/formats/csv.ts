import { stringify } from 'csv-stringify/sync';
import type { ReportOptions, ReportWriter } from '../format.js';
import { cellText } from '../text.js';
import { selectedFields } from './ndjson.js';

/**
 * Records as lines of csv (RFC 4180, but lines end with LF). A cell that a spreadsheet would take for a formula is given a leading quote.
 */
export function csvLines(records: readonly (readonly string[])[]): string {
  return stringify(records as string[][], { escape_formulas: true });
}

/** A header line, then one line a hello; lists are joined by `; `. */
export function csvWriter(options: ReportOptions): ReportWriter {
  const fields = selectedFields(options);
  const { labelsOf } = options;
  return {
    begin: () => csvLines([fields.map((field) => field.name)]),
    rows: (observations, print) =>
      print(csvLines(observations.map((observation) => fields.map((field) => cellText(field, observation, labelsOf))))),
    end: () => '',
  };
}
