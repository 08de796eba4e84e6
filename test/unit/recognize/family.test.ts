import { describe, expect, it } from 'vitest';
import { familyOf } from '../../../src/recognize/index.js';
import { shipped } from './labels.js';

describe('familyOf', () => {
  it.each([
    ['GnuTLS 3.7.9-2+deb12u7 (IMAP via libetpan)', 'GnuTLS'],
    ['OpenSSL 3.0.22-1~deb12u2 via libesmtp', 'OpenSSL'],
    ['OpenSSL 3.0.22-1~deb12u2 via Python ssl', 'OpenSSL'],
    ['LibreSSL 3.3.6', 'LibreSSL'],
    ['BoringSSL', 'BoringSSL'],
    ['BoringSSL (Apple)', 'Apple'],
    ['SecureTransport', 'Apple'],
    ['NSS (bundled)', 'NSS'],
    ['Schannel', 'Schannel'],
    ['Windows Secure Channel', 'Schannel'],
    ['Go 1.19.8 crypto/tls', 'Go'],
    ['JSSE OpenJDK 17', 'Java'],
    ['mbedTLS 2.28', 'Mbed TLS'],
    ['rustls 0.23', 'rustls'],
    ['wolfSSL 5.6', 'wolfSSL'],
    ['Conscrypt', 'Conscrypt'],
    ['CryptoKit TLS 4.2 (beta)', 'CryptoKit TLS'],
    ['Tongsuo v8.4', 'Tongsuo'],
    ['OpenSSL 3.0.22-1~deb12u2 / hand-made', null],
    ['unknown', null],
    ['', null],
  ])('%s: %s', (library, family) => {
    expect(familyOf(library)).toBe(family);
  });

  it('knows the families of the shipped labels', () => {
    const families = new Set(shipped.map((one) => familyOf(one.tlsLibrary)));
    expect(families).toEqual(new Set(['GnuTLS', 'OpenSSL', 'Go', 'Java', 'NSS', null]));
  });
});
