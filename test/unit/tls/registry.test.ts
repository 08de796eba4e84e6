import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  cipherSuiteName,
  ecPointFormatName,
  extensionTypeName,
  isGrease,
  signatureSchemeName,
  supportedGroupName,
  versionName,
} from '../../../src/tls/index.js';
import { CIPHER_SUITES } from '../../../src/tls/registry/cipher-suites.js';

const hex = (value: number) => `0x${value.toString(16).padStart(4, '0')}`;

const TSHARK = spawnSync('tshark', ['-G', 'values'], { encoding: 'utf8', maxBuffer: 1 << 28 });

/** Rows of `tshark -G values` for one field: number and name. */
function wireshark(field: string): [number, string][] {
  const rows = TSHARK.stdout.matchAll(new RegExp(`^V\\t${field.replaceAll('.', '\\.')}\\t(\\w+)\\t(.*)$`, 'gm'));
  return Array.from(rows, (row) => [Number(row[1]), row[2]!]);
}

const OPENSSL = spawnSync('openssl', ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL'], { encoding: 'utf8' });

describe('names', () => {
  // https://www.iana.org/assignments/tls-extensiontype-values, …/tls-parameters
  it('are those of IANA', () => {
    expect(extensionTypeName(0)).toBe('server_name');
    expect(extensionTypeName(16)).toBe('application_layer_protocol_negotiation');
    expect(extensionTypeName(27)).toBe('compress_certificate');
    expect(extensionTypeName(28)).toBe('record_size_limit');
    expect(extensionTypeName(34)).toBe('delegated_credential');
    expect(extensionTypeName(65037)).toBe('encrypted_client_hello');
    expect(extensionTypeName(17613)).toBe('application_settings');
    expect(extensionTypeName(17513)).toBe('application_settings (old)');
    expect(supportedGroupName(4587)).toBe('SecP256r1MLKEM768');
    expect(supportedGroupName(0x11ec)).toBe('X25519MLKEM768');
    expect(supportedGroupName(4589)).toBe('SecP384r1MLKEM1024');
    expect(supportedGroupName(25497)).toBe('X25519Kyber768Draft00');
    expect(cipherSuiteName(0xcca9)).toBe('TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256');
    expect(cipherSuiteName(0x00ff)).toBe('TLS_EMPTY_RENEGOTIATION_INFO_SCSV');
    expect(signatureSchemeName(0x0804)).toBe('rsa_pss_rsae_sha256');
    expect(signatureSchemeName(0x0904)).toBe('mldsa44');
    expect(ecPointFormatName(1)).toBe('ansiX962_compressed_prime');
    expect(versionName(0x0304)).toBe('TLS 1.3');
    expect(versionName(0x7f17)).toBe('TLS 1.3 draft 23');
    expect(versionName(0xfefc)).toBe('DTLS 1.3');
  });

  it('fall back to hex, and say GREASE', () => {
    expect(cipherSuiteName(0x1234)).toBe('0x1234');
    expect(extensionTypeName(0xfffe)).toBe('0xfffe');
    expect(ecPointFormatName(0x0a)).toBe('0x0a');
    for (const name of [cipherSuiteName, extensionTypeName, supportedGroupName, signatureSchemeName, versionName]) {
      expect(name(0x0a0a)).toBe('GREASE (0x0a0a)');
    }
  });
});

describe('isGrease', () => {
  it('knows the sixteen values of RFC 8701 section 2 and no other', () => {
    const found = Array.from({ length: 65536 }, (_, value) => value).filter(isGrease);
    expect(found.map(hex)).toEqual(Array.from('0123456789abcdef').map((digit) => `0x${digit}a${digit}a`));
  });
});

describe.skipIf(OPENSSL.status !== 0)('cipher suites of OpenSSL (skipped where it is not installed)', () => {
  it('have the same names here', () => {
    const rows = Array.from(
      OPENSSL.stdout.matchAll(/0x([0-9A-F]{2}),0x([0-9A-F]{2}) - (TLS_\S+)/g),
      (match) => [Number.parseInt(match[1]! + match[2]!, 16), match[3]!] as const,
    );
    expect(rows.length).toBeGreaterThan(50);
    const differing = rows.filter(([value, name]) => cipherSuiteName(value) !== name);
    expect(differing).toEqual([]);
  });
});

describe.skipIf(TSHARK.status !== 0)('names of Wireshark (skipped where tshark is not installed)', () => {
  /** What is called differently there, but for the differences that are known. */
  const differing = (field: string, name: (value: number) => string, also: Record<string, string> = {}) =>
    wireshark(field)
      .filter(([value]) => !name(value).includes('0x'))
      .filter(([value, theirs]) => name(value) !== theirs && also[hex(value)] !== theirs)
      .map(([value, theirs]) => `${hex(value)} ${name(value)} / ${theirs}`);

  it('cipher suites', () => {
    expect(differing('tls.handshake.ciphersuite', cipherSuiteName)).toEqual([]);
    const theirs = new Set(wireshark('tls.handshake.ciphersuite').map(([value]) => value));
    expect([...CIPHER_SUITES.keys()].filter((value) => theirs.has(value)).length).toBeGreaterThan(300);
  });

  it('extensions', () => {
    const known = { '0x0022': 'delegated_credentials', '0x4469': 'application_settings' };
    expect(differing('tls.handshake.extension.type', extensionTypeName, known)).toEqual([]);
  });

  it('groups', () => {
    // Wireshark 4.0 has the numbers of Open Quantum Safe here, which IANA gave to ML-KEM later.
    const known = { '0x0200': 'frodo640aes', '0x0201': 'frodo640shake', '0x0202': 'frodo976aes' };
    expect(differing('tls.handshake.extensions_supported_group', supportedGroupName, known)).toEqual([]);
  });

  it('signature schemes', () => {
    expect(differing('tls.handshake.sig_hash_alg', signatureSchemeName)).toEqual([]);
  });
});
