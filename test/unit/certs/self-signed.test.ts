import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../src/certs/index.js';

const opensslIsThere = spawnSync('openssl', ['version']).status === 0;

describe('selfSignedCertificate', () => {
  const { chain, key } = selfSignedCertificate('localhost', 30);

  it('is read by OpenSSL as what it should be', () => {
    const certificate = new X509Certificate(chain);
    expect(certificate.subject).toBe('CN=localhost');
    expect(certificate.issuer).toBe('CN=localhost');
    expect(certificate.subjectAltName).toBe('DNS:localhost');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const left = Date.parse(certificate.validTo) - Date.now();
    expect(left).toBeGreaterThan(29 * 86_400_000);
    expect(left).toBeLessThanOrEqual(30 * 86_400_000);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
  });

  it.skipIf(!opensslIsThere)('is shown by openssl (skipped where openssl is not installed)', () => {
    const shown = execFileSync('openssl', ['x509', '-noout', '-text'], { input: chain, encoding: 'utf8' });
    expect(shown).toMatch(/Version: 3 \(0x2\)/);
    expect(shown).toMatch(/ecdsa-with-SHA256/);
    expect(shown).toMatch(/DNS:localhost/);
  });

  it('is another one each time', () => {
    const other = selfSignedCertificate('localhost', 30);
    expect(other.key).not.toBe(key);
    expect(new X509Certificate(other.chain).serialNumber).not.toBe(new X509Certificate(chain).serialNumber);
  });
});
