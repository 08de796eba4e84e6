import { SensorError } from '../../errors.js';
import { parseJa3String } from '../../fingerprint/index.js';
import { requiredText, stringOrNull } from '../fields.js';
import { labelRow } from '../label.js';
import { hasRecordVersion } from '../record-version.js';
import type { JsonFormat } from '../rows.js';
import { checkValue } from '../values.js';

/**
 * Trisul's ja3fingerprint.json: one `{desc, ja3_hash, ja3_str}` a line, `#` lines between. Made of salesforce's list (no strings) and of Lee
 * Brotherston's, whose JA3 have the version of the record layer.
 */
export const trisulJson: JsonFormat = {
  name: 'trisul-json',
  title: 'Trisul ja3prints (JSON lines)',
  reads: 'objects',
  gives: 'labels',
  recognise: (object) => 'desc' in object && 'ja3_hash' in object,
  open:
    (rows, { source = 'trisul-ja3prints', licence = 'unknown' }) =>
    (object, line) => {
      const value = checkValue('ja3', stringOrNull(object, 'ja3_hash'), stringOrNull(object, 'ja3_str'));
      if (value === null) throw new SensorError('missing_value', 'ja3_hash', 0, 'is missing');
      const client = requiredText(object.desc, 'desc');
      const { string } = value.value;
      const recordVersion = string !== null && hasRecordVersion(parseJa3String(string));
      const facts = {
        client,
        kind: /^malware\b/i.test(client) ? 'malware' : 'http',
        ...(recordVersion ? { quality: 'record-version' } : {}),
        source,
        sourceRow: line,
        licence,
      };
      rows.label(line, labelRow('ja3', value, facts), value.repair);
    },
};
