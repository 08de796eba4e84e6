import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAuthorities, loadCertificate, loadCertificates } from '../../../src/certs/index.js';
import { SensorError } from '../../../src/errors.js';
import { Authority } from '../../harness/authority.js';
import { OPENSSL_ABSENT, opensslIsThere } from '../../harness/tls-servers.js';

const NAMES = 'subjectAltName=DNS:Mail.example.org,DNS:*.imap.example.org,IP:192.0.2.7,DNS:mail.example.org';

function refused(action: () => unknown): SensorError {
  try {
    action();
  } catch (error) {
    if (error instanceof SensorError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe.skipIf(!opensslIsThere)(`certificates made by openssl (${OPENSSL_ABSENT})`, () => {
  let pki: Authority;
  beforeAll(() => {
    pki = new Authority();
    pki.issue('mail', { extensions: [NAMES, 'extendedKeyUsage=serverAuth'] });
    pki.issue('other', { extensions: ['subjectAltName=DNS:other.example.org'] });
    pki.join('full.pem', 'mail.pem', 'intermediate.pem');
  });
  afterAll(() => pki.remove());

  const load = (chain: string, key: string | null, now?: number) =>
    loadCertificate(
      { chain: pki.path(chain), key: key === null ? null : pki.path(key) },
      now === undefined ? {} : { now },
    );

  it('gives the names in lower case, the chain from the server on, and the key', () => {
    const { certificate, warnings } = load('full.pem', 'mail.key');
    expect(warnings).toEqual([]);
    expect(certificate.names).toEqual(['mail.example.org', '*.imap.example.org']);
    expect(certificate.chain).toBe(pki.read('mail.pem') + pki.read('intermediate.pem'));
    expect(certificate.key).toBe(pki.read('mail.key'));
  });

  it('reads chain and key from one file, text around them and CRLF included', () => {
    const parts = ['mail.key', 'mail.pem', 'intermediate.pem'].map((name) => pki.read(name));
    const text = `subject=/CN=mail\n${parts.join('issuer=/CN=Root\n')}`.replaceAll('\n', '\r\n');
    pki.write('all.pem', text);
    expect(load('all.pem', null).certificate).toEqual(load('full.pem', 'mail.key').certificate);
  });

  it.each([
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['Ed25519', ['-algorithm', 'ED25519']],
  ])('takes keys of %s', (algorithm, options) => {
    pki.issue(algorithm, { extensions: [NAMES], algorithm: options });
    pki.join(`${algorithm}-full.pem`, `${algorithm}.pem`, 'intermediate.pem');
    expect(load(`${algorithm}-full.pem`, `${algorithm}.key`).certificate.key).toBe(pki.read(`${algorithm}.key`));
  });

  it("takes OpenSSL's older form of a key", () => {
    pki.write('old.key', pki.run('ec', '-in', 'mail.key'));
    expect(pki.read('old.key')).toContain('BEGIN EC PRIVATE KEY');
    expect(load('full.pem', 'old.key').warnings).toEqual([]);
  });

  it('passes over the parameters that openssl ecparam puts before a key', () => {
    pki.write('parameters.key', pki.run('ecparam', '-name', 'prime256v1') + pki.read('mail.key'));
    expect(load('full.pem', 'parameters.key').certificate.key).toBe(pki.read('mail.key'));
  });

  it('refuses an encrypted key, in either form, and says what to do', () => {
    pki.write('encrypted.key', pki.run('pkcs8', '-topk8', '-in', 'mail.key', '-passout', 'pass:abcd'));
    pki.write('old-encrypted.key', pki.run('ec', '-in', 'mail.key', '-aes128', '-passout', 'pass:abcd'));
    for (const name of ['encrypted.key', 'old-encrypted.key']) {
      const error = refused(() => load('full.pem', name));
      expect(error).toMatchObject({ code: 'key_encrypted', field: 'key', offset: 0 });
      expect(error.message).toContain(pki.path(name));
      expect(error.message).toContain('openssl pkey');
    }
  });

  it("refuses a key that is another certificate's", () => {
    const error = refused(() => load('full.pem', 'other.key'));
    expect(error).toMatchObject({ code: 'key_mismatch', field: 'key' });
    expect(error.message).toContain(pki.path('other.key'));
    expect(error.message).toContain(pki.path('full.pem'));
  });

  it("refuses a chain that does not begin with the server's own certificate, and says which is", () => {
    pki.join('reversed.pem', 'intermediate.pem', 'mail.pem');
    const error = refused(() => load('reversed.pem', 'mail.key'));
    const offset = pki.read('intermediate.pem').length;
    expect(error).toMatchObject({ code: 'certificate_order', field: 'chain', offset });
    expect(error.message).toContain('number 2');
  });

  it.each([
    ['no certificate', () => pki.read('mail.key'), 'certificate_invalid', 0],
    ['nothing', () => '', 'certificate_invalid', 0],
    ['a broken one', () => pki.read('mail.pem').replace(/\n.{20}/, '\nAAAA'), 'certificate_invalid', 0],
    ['too many', () => pki.read('mail.pem').repeat(17), 'certificate_invalid', 16],
  ])('refuses a chain with %s', (_, text, code, before) => {
    pki.write('bad.pem', text());
    const offset = pki.read('mail.pem').length * before;
    expect(refused(() => load('bad.pem', 'mail.key'))).toMatchObject({ code, field: 'chain', offset });
  });

  it.each([
    ['no key', () => pki.read('mail.pem')],
    ['two keys', () => pki.read('mail.key') + pki.read('other.key')],
    ['a broken key', () => pki.read('mail.key').replace(/\n.{20}/, '\nAAAA')],
  ])('refuses a file with %s, without a word of it in the error', (_, text) => {
    pki.write('bad.key', text());
    const error = refused(() => load('full.pem', 'bad.key'));
    expect(error).toMatchObject({ code: 'key_invalid', field: 'key' });
    const body = pki.read('mail.key').split('\n')[1]!;
    expect(`${error.message}${String(error.cause)}`).not.toContain(body.slice(0, 16));
  });

  it('warns of dates, by whoever they are passed', () => {
    const day = 86_400_000;
    expect(load('full.pem', 'mail.key', Date.now() + 11 * day).warnings).toEqual([
      expect.stringMatching(/full\.pem: the certificate expired on \d{4}-\d\d-\d\d$/),
      expect.stringMatching(/full\.pem: certificate 2 of the chain expired on /),
    ]);
    expect(load('full.pem', 'mail.key', Date.now() - day).warnings[0]).toMatch(/is not valid before \d{4}-\d\d-\d\d$/);
  });

  it('warns of a chain whose members did not issue each other', () => {
    pki.join('gap.pem', 'mail.pem', 'root.pem');
    expect(load('gap.pem', 'mail.key').warnings).toEqual([
      expect.stringContaining('certificate 2 of the chain did not issue'),
    ]);
  });

  it('warns of a certificate without names, and of one that is not for servers', () => {
    pki.issue('nameless', { extensions: ['extendedKeyUsage=clientAuth'] });
    expect(load('nameless.pem', 'nameless.key').certificate.names).toEqual([]);
    expect(load('nameless.pem', 'nameless.key').warnings).toEqual([
      expect.stringContaining('names no host'),
      expect.stringContaining('not meant for servers'),
    ]);
  });

  it("warns of a public authority's certificate without its chain", () => {
    pki.issue('alone', { extensions: [NAMES, 'authorityInfoAccess=caIssuers;URI:http://ca.example/i.der'] });
    expect(load('alone.pem', 'alone.key').warnings).toEqual([expect.stringContaining('intermediate')]);
    pki.join('alone-full.pem', 'alone.pem', 'intermediate.pem');
    expect(load('alone-full.pem', 'alone.key').warnings).toEqual([]);
  });

  it('warns of a key that everybody may read', () => {
    const key = pki.join('open.key', 'mail.key');
    chmodSync(key, 0o644);
    expect(load('full.pem', 'open.key').warnings).toEqual([expect.stringContaining(key)]);
    chmodSync(key, 0o640);
    expect(load('full.pem', 'open.key').warnings).toEqual([]);
  });

  it('says why a file cannot be read', () => {
    mkdirSync(pki.path('folder'), { recursive: true });
    const files = { 'absent.pem': 'no such file', folder: 'directory', 'full.pem/x': 'no such file' };
    for (const [name, why] of Object.entries(files)) {
      const error = refused(() => load(name, 'mail.key'));
      expect(error.code).toBe('file_unreadable');
      expect(error.message).toContain(why);
    }
  });

  it.skipIf(!existsSync('/dev/zero'))(
    'does not open what is no plain file (skipped where there are no devices)',
    () => {
      expect(refused(() => loadCertificate({ chain: '/dev/zero', key: null })).message).toContain('no plain file');
    },
  );

  it('refuses a file that is too large for one', () => {
    pki.write('large.pem', ' '.repeat(1024 * 1024 + 1));
    expect(refused(() => load('large.pem', 'mail.key')).code).toBe('file_too_large');
  });

  it('loads several in their order, and fails with the first that is wrong', () => {
    const files = (key: string) => [
      { chain: pki.path('other.pem'), key: pki.path('other.key') },
      { chain: pki.path('full.pem'), key: pki.path(key) },
    ];
    const { entries } = loadCertificates(files('mail.key'));
    expect(entries.map(({ names }) => names[0])).toEqual(['other.example.org', 'mail.example.org']);
    expect(refused(() => loadCertificates(files('other.key'))).code).toBe('key_mismatch');
  });

  it('loads authorities, and warns of those that have expired', () => {
    const path = pki.join('authorities.pem', 'root.pem', 'intermediate.pem');
    expect(loadAuthorities(path)).toEqual({ pem: pki.read('root.pem') + pki.read('intermediate.pem'), warnings: [] });
    const later = loadAuthorities(path, { now: Date.now() + 20 * 86_400_000 });
    expect(later.warnings).toEqual([`${path}: certificate 2 of the file has expired`]);
    expect(refused(() => loadAuthorities(pki.path('mail.key')))).toMatchObject({
      code: 'certificate_invalid',
      field: 'ca',
    });
  });
});
