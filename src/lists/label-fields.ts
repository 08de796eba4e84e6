import { SensorError } from '../errors.js';
import type { LabelRow, LabelVia } from '../model/index.js';
import { optionalText, requiredText } from './fields.js';
import { labelRow } from './label.js';
import type { Repair } from './types.js';
import { checkValue } from './values.js';

/** Where a label file has the string and the hash of each view. */
export const VIEW_COLUMNS: readonly { readonly view: LabelVia; readonly string: string; readonly hash: string }[] = [
  { view: 'ja3', string: 'ja3', hash: 'ja3_hash' },
  { view: 'ssl_ja3', string: 'ssl_ja3', hash: 'ssl_ja3_hash' },
  { view: 'ja4', string: 'ja4_r', hash: 'ja4' },
];

const DATE = /^(\d{4}(-\d{2}(-\d{2})?)?)?$/;

export interface ReadLabel {
  readonly label: LabelRow;
  readonly repair: Repair | null;
}

/**
 * The labels of one record of our own: one for each view it has a value of.
 *
 * @param read the value of a column; undefined, null or empty: not there. An undefined quality is `string` or `hash`, after what is known
 * @param line the record's, for labels whose own source row is not told
 * @throws SensorError the field is the column
 */
export function labelsOfRecord(read: (column: string) => unknown, line: number): readonly ReadLabel[] {
  const weight = Number(requiredText(read('weight'), 'weight'));
  if (!(weight > 0 && Number.isFinite(weight)))
    throw new SensorError('bad_number', 'weight', 0, 'is no positive number');
  const captured = optionalText(read('captured'), 'captured');
  if (!DATE.test(captured)) throw new SensorError('bad_time', 'captured', 0, 'is no YYYY, YYYY-MM or YYYY-MM-DD');
  const sourceRow = optionalText(read('source_row'), 'source_row') || String(line);
  if (!/^[1-9]\d{0,14}$/.test(sourceRow)) throw new SensorError('bad_number', 'source_row', 0, 'is no line number');
  const quality = read('quality');
  const facts = {
    client: requiredText(read('client'), 'client'),
    version: optionalText(read('version'), 'version'),
    tlsLibrary: optionalText(read('tls_library'), 'tls_library'),
    kind: requiredText(read('kind'), 'kind'),
    weight,
    ...(quality === undefined ? {} : { quality: requiredText(quality, 'quality') }),
    source: requiredText(read('source'), 'source'),
    sourceRow: Number(sourceRow),
    licence: requiredText(read('licence'), 'licence'),
    captured: captured === '' ? null : captured,
  };
  const labels: ReadLabel[] = [];
  for (const { view, string, hash } of VIEW_COLUMNS) {
    const value = checkValue(view, textOrNull(read(hash)), textOrNull(read(string)));
    if (value !== null) labels.push({ label: labelRow(view, value, facts), repair: value.repair });
  }
  if (labels.length === 0)
    throw new SensorError('missing_value', 'ja3_hash', 0, 'none of ja3_hash, ssl_ja3_hash and ja4 is there');
  return labels;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
