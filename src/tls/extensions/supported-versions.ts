import type { Reader } from '../../bytes/reader.js';
import { u16List } from '../lists.js';

/** supported_versions of a ClientHello, RFC 8446 section 4.2.1. */
export function readSupportedVersions(body: Reader): number[] {
  const versions = u16List(body.prefixed8('supported_versions'), 'supported_versions');
  body.finish('supported_versions');
  return versions;
}

/** supported_versions of a ServerHello, RFC 8446 section 4.2.1: the selected_version. */
export function readSelectedVersion(body: Reader): number {
  const version = body.u16('selected_version');
  body.finish('supported_versions');
  return version;
}
