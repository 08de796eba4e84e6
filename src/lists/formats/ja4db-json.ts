import { optionalText, stringOrNull } from '../fields.js';
import { labelRow } from '../label.js';
import type { JsonFormat, JsonObject } from '../rows.js';
import { checkValue } from '../values.js';

/** What a row may be named by, the most telling first. */
const NAMES = ['application', 'library', 'device', 'user_agent_string', 'os'] as const;

/** The download of ja4db.com: an array of objects, most of them crowd-sourced web browsers. Rows without a ja4, or without any name, are passed over. */
export const ja4dbJson: JsonFormat = {
  name: 'ja4db-json',
  title: 'ja4db.com download (JSON)',
  reads: 'objects',
  gives: 'labels',
  recognise: (object) => 'ja4_fingerprint' in object,
  open:
    (rows, { source = 'ja4db', licence = 'unknown' }) =>
    (object, line) => {
      const value = checkValue(
        'ja4',
        stringOrNull(object, 'ja4_fingerprint'),
        stringOrNull(object, 'ja4_fingerprint_string'),
      );
      const client = value === null ? '' : nameOf(object);
      if (value === null || client === '') {
        rows.passedOver++;
        return;
      }
      const facts = {
        client,
        tlsLibrary: optionalText(object.library, 'library'),
        kind: 'http',
        source,
        sourceRow: line,
        licence,
      };
      rows.label(line, labelRow('ja4', value, facts), value.repair);
    },
};

function nameOf(object: JsonObject): string {
  for (const key of NAMES) {
    const name = optionalText(object[key], key);
    if (name !== '') return name;
  }
  return '';
}
