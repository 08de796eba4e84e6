import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SensorError } from '../errors.js';
import type { LabelRow, LabelVia } from '../model/index.js';
import { type CsvRecord, parseCsv } from './csv.js';

const REQUIRED = ['client', 'version', 'tls_library', 'kind', 'weight', 'quality', 'source', 'licence', 'captured'];

/** `<view>` is the column of the string, `<view>_hash` that of the hash. */
const VIEWS = ['ja3', 'ssl_ja3'] as const satisfies readonly LabelVia[];

/** Columns that say how a value was got. They are for people; nothing reads them. */
const PROVENANCE = ['protocol_mode', 'sni'];

const ALLOWED = new Set([...REQUIRED, ...VIEWS.flatMap((view) => [view, `${view}_hash`]), ...PROVENANCE]);

/** Five fields of decimal lists; ssl_ja3 always says version 771. */
const STRINGS: Readonly<Record<(typeof VIEWS)[number], RegExp>> = {
  ja3: /^\d{1,5}(,(\d{1,5}(-\d{1,5})*)?){4}$/,
  ssl_ja3: /^771(,(\d{1,5}(-\d{1,5})*)?){4}$/,
};

const HASH = /^[0-9a-f]{32}$/;
const DATE = /^(\d{4}(-\d{2}(-\d{2})?)?)?$/;

/**
 * Reads the text of a label file: db/labels/README.md has the format. A line that names a client under two views gives two rows.
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

function readCsv(text: string, name: string): readonly CsvRecord[] {
  try {
    return parseCsv(text);
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    throw new SensorError('label_file', error.field, error.offset, `${name}: ${error.message}`, { cause: error });
  }
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

function rowsOf(record: CsvRecord, columns: readonly string[], name: string): readonly LabelRow[] {
  const fail = (column: string, what: string): SensorError => refuse(name, record.line, column, what);
  const read = (column: string): string => record.fields[columns.indexOf(column)] ?? '';
  const required = (column: string): string => {
    const value = read(column);
    if (value === '') throw fail(column, 'is empty');
    return value;
  };
  const weight = Number(required('weight'));
  if (!(weight > 0 && Number.isFinite(weight))) throw fail('weight', 'is no positive number');
  const captured = read('captured');
  if (!DATE.test(captured)) throw fail('captured', 'is no YYYY, YYYY-MM or YYYY-MM-DD');
  const shared = {
    client: required('client'),
    version: required('version'),
    tlsLibrary: required('tls_library'),
    kind: required('kind'),
    weight,
    quality: required('quality'),
    source: required('source'),
    sourceRow: record.line,
    licence: required('licence'),
    captured: captured === '' ? null : captured,
  };
  const rows: LabelRow[] = [];
  for (const view of VIEWS) {
    const string = read(view);
    const hash = read(`${view}_hash`);
    if (string === '' && hash === '') continue;
    if (!HASH.test(hash)) throw fail(`${view}_hash`, 'is no lower-case MD5');
    if (string !== '' && !STRINGS[view].test(string)) throw fail(view, `is no ${view} string`);
    rows.push({ ...shared, view, hash, string: string === '' ? null : string });
  }
  if (rows.length === 0) throw fail('ja3_hash', 'neither ja3_hash nor ssl_ja3_hash is there');
  return rows;
}

function refuse(name: string, line: number, column: string, what: string): SensorError {
  return new SensorError('label_file', column, 0, `${name} line ${line}: ${column}: ${what}`);
}
