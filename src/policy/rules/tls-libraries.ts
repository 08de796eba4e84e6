/**
 * TLS libraries that clients can have, by the `name` of their IMAP ID (RFC 2971 section 3.3), in lower case. Only programs whose library is settled by how they are built; every library that
 * some system builds them with is there, so that a name which is missing, or a rare build, is no contradiction. Libraries are families as recognition names them.
 */

/** Android's own is Conscrypt on BoringSSL, and was OpenSSL up to version 5; apps may bring a newer Conscrypt. */
const ANDROID = ['Conscrypt', 'BoringSSL', 'OpenSSL'];
/** Secure Transport, and Network.framework, which has BoringSSL inside. */
const APPLE = ['Apple', 'BoringSSL'];
/** GLib's TLS (glib-networking) and libetpan are built with either. */
const GNUTLS_OR_OPENSSL = ['GnuTLS', 'OpenSSL'];
/** PHP's streams. */
const PHP = ['OpenSSL', 'LibreSSL'];

const LIBRARIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['thunderbird', ['NSS']],
  ['betterbird', ['NSS']],
  ['seamonkey', ['NSS']],
  ['mac os x mail', APPLE],
  ['iphone mail', APPLE],
  ['ipad mail', APPLE],
  ['ipod mail', APPLE],
  ['com.apple.email.maild', APPLE],
  ['mailmate', APPLE],
  ['k-9 mail', ANDROID],
  ['thunderbird for android', ANDROID],
  ['com.android.email', ANDROID],
  // It may be told to use Bouncy Castle.
  ['fairemail', [...ANDROID, 'Java']],
  // Windows and macOS.
  ['microsoft outlook', ['Schannel', ...APPLE]],
  ['em client', ['Schannel', ...APPLE]],
  ['mutt', ['GnuTLS', 'OpenSSL', 'LibreSSL']],
  ['neomutt', ['GnuTLS', 'OpenSSL', 'LibreSSL']],
  ['evolution', GNUTLS_OR_OPENSSL],
  ['geary', GNUTLS_OR_OPENSSL],
  ['claws mail', GNUTLS_OR_OPENSSL],
  // Qt's, which takes the system's where OpenSSL is not there.
  ['kmail', ['OpenSSL', 'Schannel', ...APPLE]],
  ['trojita', ['OpenSSL', 'Schannel', ...APPLE]],
  ['alpine', ['OpenSSL', 'LibreSSL', 'Schannel', ...APPLE]],
  ['roundcube', PHP],
  ['offlineimap', ['OpenSSL', 'LibreSSL']],
  ['imapsync', ['OpenSSL', 'LibreSSL']],
]);

/** @returns null where nothing is known of a client of that name */
export function librariesOf(clientName: string): readonly string[] | null {
  return LIBRARIES.get(clientName.trim().toLowerCase()) ?? null;
}
