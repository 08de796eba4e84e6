import type { Observation } from '../../model/index.js';
import { type Field, type LabelsOf, rowFields, serverFields } from '../fields.js';
import type { ReportOptions, ReportWriter } from '../format.js';

/** The fields to print: those asked for, else all. */
export function selectedFields(options: ReportOptions): readonly Field[] {
  return options.fields ?? (options.server ? [...rowFields, ...serverFields] : rowFields);
}

/** A function that writes one observation as a JSON object on one line, without its newline: the hot path of a large capture. */
export function rowWriter(fields: readonly Field[], labelsOf: LabelsOf): (observation: Observation) => string {
  const appends = fields.map((field, i) => field.append(`${i === 0 ? '{' : ','}"${field.name}":`));
  return (observation) => {
    let line = '';
    for (const append of appends) line = append(line, observation, labelsOf);
    return `${line}}`;
  };
}

/** One JSON object a line. */
export function ndjsonWriter(options: ReportOptions): ReportWriter {
  const write = rowWriter(selectedFields(options), options.labelsOf);
  return {
    begin: () => '',
    rows: (observations, print) => {
      for (const observation of observations) print(`${write(observation)}\n`);
    },
    end: () => '',
  };
}
