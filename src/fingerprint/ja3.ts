import type { ClientHello, FingerprintValue } from '../model/index.js';
import { md5 } from './digest.js';
import { ja3String } from './ja3-string.js';
import { ascending } from './values.js';

/**
 * JA3 as Salesforce defined it: `version,ciphers,extensions,groups,point_formats`, MD5. The version is legacy_version; lists are in wire order
 * without GREASE; what is absent is an empty field.
 */
export function ja3(hello: ClientHello): FingerprintValue {
  return ja3Of(hello, hello.extensionTypes);
}

/** JA3 with the extension types sorted by number: the same for every permutation Chrome and Firefox shuffle them into. */
export function ja3n(hello: ClientHello): FingerprintValue {
  return ja3Of(hello, ascending(hello.extensionTypes));
}

/** What `ja3` hashes. */
export function ja3StringOf(hello: ClientHello, extensionTypes = hello.extensionTypes): string {
  return ja3String({
    version: hello.legacyVersion,
    ciphers: hello.cipherSuites,
    extensionTypes,
    groups: hello.supportedGroups,
    pointFormats: hello.ecPointFormats,
    greaseCiphers: false,
  });
}

function ja3Of(hello: ClientHello, extensionTypes: readonly number[]): FingerprintValue {
  const string = ja3StringOf(hello, extensionTypes);
  return { string, hash: md5(string) };
}
