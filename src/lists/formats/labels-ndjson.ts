import { SensorError } from '../../errors.js';
import { labelsOfRecord } from '../label-fields.js';
import type { JsonFormat, JsonObject, Rows } from '../rows.js';

/** One label a line, as `db export` writes them: the columns of a label file as keys. */
export const labelsNdjson: JsonFormat = {
  name: 'ja3-sensor-labels-ndjson',
  title: 'labels of ja3-sensor (JSON lines)',
  reads: 'objects',
  gives: 'labels',
  recognise: (object) => 'client' in object && 'tls_library' in object && 'quality' in object,
  open: (rows) => (object, line) => readLabelObject(object, line, rows),
};

/** @throws SensorError */
export function readLabelObject(object: JsonObject, line: number, rows: Rows): void {
  const read = (column: string): unknown => {
    const value = object[column];
    if (column !== 'weight' && column !== 'source_row') return value;
    if (value !== undefined && typeof value !== 'number')
      throw new SensorError('bad_number', column, 0, 'is no number');
    return value === undefined ? undefined : String(value);
  };
  for (const { label, repair } of labelsOfRecord(read, line)) rows.label(line, label, repair);
}
