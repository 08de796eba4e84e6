import type { Observation } from '../../model/index.js';
import { type Field, type LabelsOf, rowFields, serverFields } from '../fields.js';
import type { ReportOptions, ReportWriter } from '../format.js';
import { RowBytes } from '../row-bytes.js';

/** The fields to print: those asked for, else all. */
export function selectedFields(options: ReportOptions): readonly Field[] {
  return options.fields ?? (options.server ? [...rowFields, ...serverFields] : rowFields);
}

/** Writes one observation as a JSON object on one line, without its newline: the hot path of a large capture. */
export function rowWriter(
  fields: readonly Field[],
  labelsOf: LabelsOf,
): (row: RowBytes, observation: Observation) => void {
  const members = fields.map((field, i) => field.member(`${i === 0 ? '{' : ','}"${field.name}":`));
  return (row, observation) => {
    for (const member of members) member(row, observation, labelsOf);
    row.bytes(CLOSE);
  };
}

const CLOSE = Buffer.from('}');
const NEWLINE = Buffer.from('\n');

/** One JSON object a line. */
export function ndjsonWriter(options: ReportOptions): ReportWriter {
  const write = rowWriter(selectedFields(options), options.labelsOf);
  const row = new RowBytes();
  return {
    begin: () => '',
    rows: (observations, print) => {
      for (const observation of observations) {
        write(row, observation);
        row.bytes(NEWLINE);
      }
      print(row.take());
    },
    end: () => '',
  };
}
