import type { Reader } from '../../bytes/reader.js';
import { u8List } from '../lists.js';

/** ec_point_formats, RFC 8422 section 5.1.2. */
export function readEcPointFormats(body: Reader): number[] {
  const formats = u8List(body.prefixed8('ec_point_formats'), 'ec_point_formats');
  body.finish('ec_point_formats');
  return formats;
}
