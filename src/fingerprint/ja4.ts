import type { ClientHello, FingerprintValue, Transport } from '../model/index.js';
import { ExtensionType } from '../tls/index.js';
import { ascii } from './ascii.js';
import { sha256Prefix } from './digest.js';
import { ascending, withoutGrease } from './values.js';

const TRANSPORT_LETTER: Readonly<Record<Transport, string>> = { tcp: 't', quic: 'q', dtls: 'd' };

const VERSION_NAME: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
]);

/** JA4 writes twelve zeros where there is nothing to hash. */
const NOTHING = '000000000000';

/** What ja4 is made of besides the ciphers and the extension types. */
export interface Ja4Parts {
  /** Transport, version: the first three characters. */
  readonly start: string;
  /** Two characters. */
  readonly alpn: string;
  /** Signature algorithms as ja4_r lists them; empty where there are none. */
  readonly signatures: string;
}

/** @returns null where signature_algorithms, ALPN or supported_versions is there but malformed */
export function ja4Parts(hello: ClientHello, transport: Transport): Ja4Parts | null {
  const types = hello.extensionTypes;
  const { signatureAlgorithms, alpn, supportedVersions } = hello;
  if (signatureAlgorithms === null && types.includes(ExtensionType.signatureAlgorithms)) return null;
  if (alpn === null && types.includes(ExtensionType.alpn)) return null;
  if (supportedVersions === null && types.includes(ExtensionType.supportedVersions)) return null;
  return {
    start: TRANSPORT_LETTER[transport] + versionOf(hello, supportedVersions, transport),
    alpn: alpnOf(alpn),
    signatures: hexList(withoutGrease(signatureAlgorithms ?? [])),
  };
}

/** The parts as one string. */
export function ja4Key({ start, alpn, signatures }: Ja4Parts): string {
  return start + alpn + signatures;
}

/**
 * JA4 of a TLS client (`a_b_c`; the method is BSD-3-Clause). The value's `string` is ja4_r: the same with the lists written out.
 *
 * @returns null where signature_algorithms, ALPN or supported_versions is there but malformed
 */
export function ja4(hello: ClientHello, transport: Transport = 'tcp'): FingerprintValue | null {
  const parts = ja4Parts(hello, transport);
  return parts === null ? null : ja4From(hello, parts);
}

export function ja4From(hello: ClientHello, { start, alpn, signatures }: Ja4Parts): FingerprintValue {
  const ciphers = withoutGrease(hello.cipherSuites);
  const extensions = withoutGrease(hello.extensionTypes);
  const sni = extensions.includes(ExtensionType.serverName) ? 'd' : 'i';
  const a = `${start}${sni}${count(ciphers)}${count(extensions)}${alpn}`;

  const cipherList = hexList(ascending(ciphers));
  let extensionList = hexList(ascending(extensions.filter(isHashed)));
  if (signatures !== '') extensionList += `_${signatures}`;

  return {
    string: `${a}_${cipherList}_${extensionList}`,
    hash: `${a}_${hashOf(cipherList)}_${hashOf(extensionList)}`,
  };
}

/** The highest version offered, as two characters; drafts and unknown versions are `00`. */
function versionOf(hello: ClientHello, supportedVersions: readonly number[] | null, transport: Transport): string {
  const offered = withoutGrease(supportedVersions ?? []);
  if (offered.length === 0) return VERSION_NAME.get(hello.legacyVersion) ?? '00';
  // DTLS counts its versions downwards (RFC 9147 section 5.3).
  const highest = transport === 'dtls' ? Math.min(...offered) : Math.max(...offered);
  return VERSION_NAME.get(highest) ?? '00';
}

/** First and last character of the first protocol name; of its hex form where one of them is not an ASCII letter or digit. */
function alpnOf(alpn: readonly string[] | null): string {
  const first = alpn?.[0];
  if (first === undefined || first === '') return '00';
  const ends = first[0]! + first[first.length - 1]!;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');
  return hex(ends[0]!)[0]! + hex(ends[1]!)[1]!;
}

/** SNI and ALPN are in part a, and differ with the server that is asked: they are not hashed. */
function isHashed(type: number): boolean {
  return type !== ExtensionType.serverName && type !== ExtensionType.alpn;
}

/** Two digits; what exceeds them is written 99. */
function count(values: readonly number[]): string {
  return String(Math.min(values.length, 99)).padStart(2, '0');
}

/** Four hex digits each, joined by commas. */
function hexList(values: readonly number[]): string {
  ascii.begin(5 * values.length);
  ascii.hex(values);
  return ascii.end();
}

function hashOf(list: string): string {
  return list === '' ? NOTHING : sha256Prefix(list);
}
