import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SensorError } from '../errors.js';
import type { LabelRow } from '../model/index.js';
import { type CsvRecord, parseCsv } from './csv.js';
import { labelsOfRecord, VIEW_COLUMNS } from './label-fields.js';

/** Every label file has them; `version` and `tls_library` may be empty where they are not known. */
const REQUIRED = ['client', 'version', 'tls_library', 'kind', 'weight', 'quality', 'source', 'licence', 'captured'];

/** Columns that say how a value was got. They are for people; nothing reads them. */
const PROVENANCE = ['protocol_mode', 'sni'];

/** The line of the list a label was imported from, where that is another file. */
const OPTIONAL = ['source_row'];

const ALLOWED = new Set([
  ...REQUIRED,
  ...VIEW_COLUMNS.flatMap(({ string, hash }) => [string, hash]),
  ...PROVENANCE,
  ...OPTIONAL,
]);

/**
 * Reads the text of a label file: db/labels/README.md has the format. A line that names a client under several views gives a row for each.
 *
 * @param name the file's name, for error messages
 * @throws SensorError `label_file`: the field is the column, the message names file and line. No row of a file with a mistake is returned.
 */
export function parseLabelFile(text: string, name: string): readonly LabelRow[] {
  const [header, ...records] = readCsv(text, name);
  if (header === undefined) throw refuse(name, 1, 'header', 'the file is empty');
  checkHeader(header, name);
  return records.flatMap((record) => rowsOf(record, header.fields, name));
}

/**
 * Reads every `.csv` of a folder, in the order of their names.
 *
 * @throws SensorError `label_file`; what the file system says, as it is
 */
export function readLabelFolder(folder: string): readonly LabelRow[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .flatMap((name) => parseLabelFile(readFileSync(join(folder, name), 'utf8'), basename(name)));
}

function checkHeader({ fields, line }: CsvRecord, name: string): void {
  const seen = new Set<string>();
  for (const column of fields) {
    if (!ALLOWED.has(column)) throw refuse(name, line, column, 'no such column');
    if (seen.has(column)) throw refuse(name, line, column, 'the column is there twice');
    seen.add(column);
  }
  const missing = REQUIRED.find((column) => !seen.has(column));
  if (missing !== undefined) throw refuse(name, line, missing, 'the column is missing');
}

function readCsv(text: string, name: string): readonly CsvRecord[] {
  try {
    return parseCsv(text);
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    throw new SensorError('label_file', error.field, error.offset, `${name}: ${error.message}`, { cause: error });
  }
}

function rowsOf({ fields, line }: CsvRecord, columns: readonly string[], name: string): readonly LabelRow[] {
  try {
    return labelsOfRecord((column) => fields[columns.indexOf(column)], line).map(({ label, repair }) => {
      // Lists of others are repaired; in a file that is written for this program it is a mistake.
      if (repair !== null) throw new SensorError('label_file', label.view, 0, 'the hash is not that of the string');
      return label;
    });
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    throw refuse(name, line, error.field, error.message);
  }
}

function refuse(name: string, line: number, column: string, what: string): SensorError {
  return new SensorError('label_file', column, 0, `${name} line ${line}: ${column}: ${what}`);
}
