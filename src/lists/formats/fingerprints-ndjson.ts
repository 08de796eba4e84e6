import { SensorError } from '../../errors.js';
import { isObject } from '../json-records.js';
import type { JsonFormat } from '../rows.js';
import { readLabelObject } from './labels-ndjson.js';

/** What `db export` gives away of fingerprints with their counts. The labels in it are taken; a fingerprint without one is passed over. */
export const fingerprintsNdjson: JsonFormat = {
  name: 'ja3-sensor-fingerprints-ndjson',
  title: 'fingerprints of ja3-sensor with counts (JSON lines)',
  reads: 'objects',
  gives: 'labels',
  recognise: (object) => 'seen_on' in object && 'labels' in object && 'clients' in object,
  open: (rows) => (object, line) => {
    const { labels } = object;
    if (!Array.isArray(labels)) throw new SensorError('bad_json', 'labels', 0, 'is no list');
    if (labels.length === 0) rows.passedOver++;
    for (const label of labels) {
      if (!isObject(label)) throw new SensorError('bad_json', 'labels', 0, 'has a member that is no object');
      readLabelObject(label, line, rows);
    }
  },
};
