import { isGrease } from '../grease.js';
import { CIPHER_SUITES } from './cipher-suites.js';
import { EC_POINT_FORMATS } from './ec-point-formats.js';
import { EXTENSION_TYPES } from './extension-types.js';
import { SIGNATURE_SCHEMES } from './signature-schemes.js';
import { SUPPORTED_GROUPS } from './supported-groups.js';

/*
 * Names for wire numbers. A number without one is shown in hex (`0x1234`), one of GREASE as `GREASE (0x0a0a)`.
 */

export function cipherSuiteName(value: number): string {
  return nameOf(CIPHER_SUITES, value);
}

export function extensionTypeName(value: number): string {
  return nameOf(EXTENSION_TYPES, value);
}

export function supportedGroupName(value: number): string {
  return nameOf(SUPPORTED_GROUPS, value);
}

export function signatureSchemeName(value: number): string {
  return nameOf(SIGNATURE_SCHEMES, value);
}

export function ecPointFormatName(value: number): string {
  return EC_POINT_FORMATS.get(value) ?? `0x${value.toString(16).padStart(2, '0')}`;
}

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0002, 'SSL 2.0'],
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
  [0xfeff, 'DTLS 1.0'],
  [0xfefd, 'DTLS 1.2'],
  [0xfefc, 'DTLS 1.3'],
]);

/** `TLS 1.3`; a draft of it (0x7f00 + number, draft-ietf-tls-tls13 section 4.2.1.1) as `TLS 1.3 draft 23`. */
export function versionName(value: number): string {
  if (value >>> 8 === 0x7f) return `TLS 1.3 draft ${value & 0xff}`;
  return nameOf(VERSIONS, value);
}

function nameOf(table: ReadonlyMap<number, string>, value: number): string {
  const hex = `0x${value.toString(16).padStart(4, '0')}`;
  return table.get(value) ?? (isGrease(value) ? `GREASE (${hex})` : hex);
}
