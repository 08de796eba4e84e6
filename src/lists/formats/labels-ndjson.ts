import { SensorError } from '../../errors.js';
import { labelsOfRecord } from '../label-fields.js';
import type { JsonFormat, JsonObject } from '../rows.js';

const isLabel = (object: JsonObject) => 'client' in object && 'tls_library' in object && 'quality' in object;

/** One label a line, as `db export` writes them: the columns of a label file as keys. */
export const labelsNdjson: JsonFormat = {
  name: 'ja3-sensor-labels-ndjson',
  title: 'labels of ja3-sensor (JSON lines)',
  reads: 'objects',
  gives: 'labels',
  recognise: isLabel,
  open: (rows) => (object, line) => {
    const read = (column: string): unknown => {
      const value = object[column];
      return typeof value === 'number' ? String(value) : value;
    };
    for (const key of ['weight', 'source_row'] as const) {
      const value = object[key];
      if (value !== undefined && typeof value !== 'number') throw new SensorError('bad_number', key, 0, 'is no number');
    }
    for (const { label, repair } of labelsOfRecord(read, line)) rows.label(line, label, repair);
  },
};
