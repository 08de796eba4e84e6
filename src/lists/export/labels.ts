import { stringify } from 'csv-stringify/sync';
import type { LabelRow } from '../../model/index.js';
import { COLUMNS, columnsOf } from './label-columns.js';

/**
 * Labels as a label file, header first: what is imported from it again are the same labels. For programs: names are written as they are, also where a
 * spreadsheet would take one for a formula.
 */
export function* labelsToCsv(labels: Iterable<LabelRow>): Generator<string> {
  yield stringify([[...COLUMNS]]);
  for (const label of labels) {
    const columns = columnsOf(label);
    yield stringify([COLUMNS.map((column) => String(columns[column] ?? ''))]);
  }
}

/** Labels as JSON, one object a line with the columns of a label file as keys; what is unknown is null, the views it is not known under are not there. */
export function* labelsToNdjson(labels: Iterable<LabelRow>): Generator<string> {
  for (const label of labels) yield `${JSON.stringify(columnsOf(label))}\n`;
}

/**
 * Labels known by a ja3, in the form of salesforce's list: one line a hash, all names of it in one field. For tools that read such lists; versions,
 * libraries, strings, sources and licences are lost. Labels that are never matched are left out.
 */
export function* labelsToSalesforceCsv(labels: Iterable<LabelRow>): Generator<string> {
  const names = new Map<string, Set<string>>();
  for (const { view, hash, client, quality } of labels) {
    if (view !== 'ja3' || quality === 'record-version') continue;
    const known = names.get(hash);
    // A line end in a name would end the line for those who read such lists.
    const name = client.replace(/[\r\n]+/g, ' ');
    if (known === undefined) names.set(hash, new Set([name]));
    else known.add(name);
  }
  for (const [hash, clients] of names)
    yield stringify([[hash, [...clients].join(',')]], { quoted_match: /^(?![0-9a-f]{32}$)/ });
}
