import type { FingerprintValue, OpenSslGeneration } from '../model/index.js';
import { md5 } from './digest.js';
import { ja3String } from './ja3-string.js';
import type { Ja3Lists } from './parse-ja3.js';
import { knownToOpenSsl, SSL_JA3_VERSION } from './ssl-ja3.js';
import { ascending } from './values.js';

/** JA3 of lists that were read from a string; GREASE, where some tool left it in, is taken out. */
export function ja3OfLists(lists: Ja3Lists): FingerprintValue {
  return build(lists, lists.version, lists.extensions, false);
}

/** ja3n of the same. */
export function ja3nOfLists(lists: Ja3Lists): FingerprintValue {
  return build(lists, lists.version, ascending(lists.extensions), false);
}

/**
 * What Dovecot would have said of a hello with these lists. GREASE ciphers are kept where the lists have them: those of a ja3 string never do, so for a client
 * that greases this is its ssl_ja3 without the one number that differs from hello to hello.
 */
export function sslJa3OfLists(lists: Ja3Lists, openssl: OpenSslGeneration = '3.0'): FingerprintValue {
  return build(lists, SSL_JA3_VERSION, knownToOpenSsl(lists.extensions, openssl), true);
}

function build(
  lists: Ja3Lists,
  version: number,
  extensionTypes: readonly number[],
  greaseCiphers: boolean,
): FingerprintValue {
  const string = ja3String({
    version,
    ciphers: lists.cipherSuites,
    extensionTypes,
    groups: lists.supportedGroups,
    pointFormats: lists.ecPointFormats,
    greaseCiphers,
  });
  return { string, hash: md5(string) };
}
