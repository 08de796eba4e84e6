import type { ClientHello, FingerprintValue, OpenSslGeneration } from '../model/index.js';
import { md5 } from './digest.js';
import { ja3String } from './ja3-string.js';

/** Dovecot 2.4 writes this whatever the client sent. */
export const SSL_JA3_VERSION = 771;

/** The extensions OpenSSL 1.1.1 to 3.1 tells a server program about (`ext_defs` in ssl/statem/extensions.c); it hides all others. */
const OPENSSL_3_0 = [
  0, 1, 5, 10, 11, 12, 13, 16, 18, 21, 22, 23, 35, 41, 42, 43, 44, 45, 47, 49, 50, 51, 13172, 65000, 65281,
] as const;

/** From OpenSSL 3.2: raw public keys (RFC 7250) and certificate compression (RFC 8879) came in. */
const OPENSSL_3_5 = [...OPENSSL_3_0, 19, 20, 27] as const;

const KNOWN: Readonly<Record<OpenSslGeneration, ReadonlySet<number>>> = {
  '3.0': new Set(OPENSSL_3_0),
  '3.5': new Set(OPENSSL_3_5),
};

/**
 * The JA3 Dovecot 2.4 computes (`ssl_ja3`). It asks OpenSSL instead of the wire: the version is always 771, GREASE ciphers stay, and only extensions
 * the linked OpenSSL knows are listed. Dovecot's rewriting of group ids that collide with OpenSSL's NIDs (409, 415, 708 …, sent by no real client)
 * is not reproduced.
 */
export function sslJa3(hello: ClientHello, openssl: OpenSslGeneration = '3.0'): FingerprintValue {
  const string = ja3String({
    version: SSL_JA3_VERSION,
    ciphers: hello.cipherSuites,
    extensionTypes: knownToOpenSsl(hello.extensionTypes, openssl),
    groups: hello.supportedGroups,
    pointFormats: hello.ecPointFormats,
    greaseCiphers: true,
  });
  return { string, hash: md5(string) };
}

/** The extension types among these that OpenSSL tells a server program about, in their order. */
export function knownToOpenSsl(types: readonly number[], openssl: OpenSslGeneration): number[] {
  const known = KNOWN[openssl];
  return types.filter((type) => known.has(type));
}
