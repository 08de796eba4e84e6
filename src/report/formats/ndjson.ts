import type { Observation } from '../../model/index.js';
import { type Field, type LabelsOf, rowFields, serverFields } from '../fields.js';
import type { ReportOptions, ReportWriter } from '../format.js';

/** The fields to print: those asked for, else all. */
export function selectedFields(options: ReportOptions): readonly Field[] {
  return options.fields ?? (options.server ? [...rowFields, ...serverFields] : rowFields);
}

/** A function that writes one observation as a JSON object on one line, without its newline: the hot path of a large capture. */
export function rowWriter(fields: readonly Field[], labelsOf: LabelsOf): (observation: Observation) => string {
  const count = fields.length;
  const keys = fields.map((field, i) => `${i === 0 ? '' : ','}"${field.name}":`);
  const values = fields.map((field) => field.json);
  return (observation) => {
    let line = '{';
    for (let i = 0; i < count; i++) line += keys[i]! + values[i]!(observation, labelsOf);
    return `${line}}`;
  };
}

/** One JSON object a line. */
export function ndjsonWriter(options: ReportOptions): ReportWriter {
  const write = rowWriter(selectedFields(options), options.labelsOf);
  return {
    begin: () => '',
    rows: (observations) => {
      let lines = '';
      for (const observation of observations) lines += `${write(observation)}\n`;
      return lines;
    },
    end: () => '',
  };
}
