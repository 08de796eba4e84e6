import { isObject } from '../json-records.js';
import { KnownHellos } from '../observation.js';
import type { JsonFormat, JsonObject } from '../rows.js';
import { zeekRow } from './zeek.js';

const isZeek = (object: JsonObject) =>
  'ts' in object && ('id.orig_h' in object || (isObject(object.id) && 'orig_h' in object.id));

/** Zeek's ssl.log as JSON (`LogAscii::use_json`): dotted keys, or `id` as an object where a log shipper unfolded them. Unset columns are left out. */
export const zeekJson: JsonFormat = {
  name: 'zeek-json',
  title: 'Zeek ssl.log (JSON)',
  reads: 'objects',
  gives: 'observations',
  recognise: isZeek,
  open: (rows) => {
    const hellos = new KnownHellos();
    return (object, line) => {
      const id = isObject(object.id) ? object.id : {};
      const read = (column: string) => object[column] ?? (column.startsWith('id.') ? id[column.slice(3)] : undefined);
      zeekRow(read, line, rows, hellos);
    };
  },
};
