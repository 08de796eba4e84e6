import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTlsSettings, loadCertificate } from '../../../src/certs/index.js';
import { Authority } from '../../harness/authority.js';
import { refusal } from '../../harness/refusal.js';
import { OPENSSL_ABSENT, opensslIsThere } from '../../harness/tls-servers.js';

describe('checkTlsSettings', () => {
  it('takes what OpenSSL takes', () => {
    checkTlsSettings({ minVersion: 'TLSv1.3', ciphers: null }, null);
    checkTlsSettings({ minVersion: 'TLSv1.2', ciphers: 'ECDHE+AESGCM:!aNULL' }, null);
  });

  it('refuses a list in which OpenSSL finds no cipher', () => {
    const settings = { minVersion: 'TLSv1.2', ciphers: 'NO-SUCH-CIPHER' } as const;
    expect(refusal(() => checkTlsSettings(settings, null))).toEqual({
      code: 'tls_settings',
      field: 'ciphers',
      offset: 0,
    });
  });
});

describe.skipIf(!opensslIsThere)(`checkTlsSettings with a certificate (${OPENSSL_ABSENT})`, () => {
  let pki: Authority;
  beforeAll(() => {
    pki = new Authority();
  });
  afterAll(() => pki.remove());

  it('refuses a key that is too small for OpenSSL', () => {
    pki.issue('small', { algorithm: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:512'] });
    const { certificate } = loadCertificate({ chain: pki.path('small.pem'), key: pki.path('small.key') });
    const check = (ciphers: string | null) => () => checkTlsSettings({ minVersion: 'TLSv1.2', ciphers }, certificate);
    expect(refusal(check(null))).toEqual({ code: 'tls_settings', field: 'chain', offset: 0 });
    // OpenSSL's own way to allow it (SSL_CTX_set_security_level(3)), to show that the key is what was refused.
    expect(check('ALL:@SECLEVEL=0')).not.toThrow();
  });
});
