import type { Reader } from '../../bytes/reader.js';
import { u16List } from '../lists.js';

/** supported_groups, RFC 8446 section 4.2.7 (elliptic_curves in RFC 4492 section 5.1.1). */
export function readSupportedGroups(body: Reader): number[] {
  const groups = u16List(body.prefixed16('supported_groups'), 'supported_groups');
  body.finish('supported_groups');
  return groups;
}
