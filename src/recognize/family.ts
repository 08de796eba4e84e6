/** Families by what their names contain, the more particular first. */
const FAMILIES: readonly (readonly [family: string | null, pattern: RegExp])[] = [
  // A scanner writes its hellos itself: they say nothing of the library it links.
  [null, /hand-?made/i],
  ['GnuTLS', /gnutls/i],
  ['LibreSSL', /libressl/i],
  ['Apple', /secure ?transport|network\.framework|coretls|\bapple\b/i],
  ['Conscrypt', /conscrypt/i],
  ['BoringSSL', /boringssl|chromium|cronet/i],
  ['AWS-LC', /aws-?lc/i],
  ['OpenSSL', /openssl/i],
  ['NSS', /\bnss\b/i],
  ['Schannel', /s(?:ecure)?[ -]?channel/i],
  ['Java', /\bjsse\b|\bjava\b|\bjdk\b|\bjre\b|bouncy ?castle/i],
  ['rustls', /rustls/i],
  ['Mbed TLS', /mbed ?tls|polarssl/i],
  ['wolfSSL', /wolfssl|cyassl/i],
  ['MatrixSSL', /matrixssl/i],
  ['BearSSL', /bearssl/i],
  ['s2n', /\bs2n\b/i],
  ['Botan', /botan/i],
  ['Go', /\bgo(?:lang)?\b|crypto\/tls/i],
];

/** The families that {@link familyOf} knows. */
export const familyNames: readonly string[] = FAMILIES.flatMap(([family]) => family ?? []);

const NO_NAME = /^(?:|-|n\/a|none|unknown)$/i;

/**
 * The family of a TLS library as a label names it: `GnuTLS 3.7.9-2+deb12u7 (IMAP via libetpan)` is `GnuTLS`. A library nobody listed here is its own
 * family, under its name without version and additions.
 *
 * @returns null where the label names none
 */
export function familyOf(tlsLibrary: string): string | null {
  const listed = FAMILIES.find(([, pattern]) => pattern.test(tlsLibrary));
  if (listed !== undefined) return listed[0];
  const [name = ''] = tlsLibrary.trim().split(/\s+(?=v?\d|via\b)|\s*[([,/]/i);
  return NO_NAME.test(name) ? null : name;
}
