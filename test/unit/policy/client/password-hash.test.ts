import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hashMechanisms, PasswordHash } from '../../../../src/policy/client/password-hash.js';
import { OPENSSL_ABSENT, opensslIsThere } from '../../../harness/tls-servers.js';

const bytes = (text: string) => Buffer.from(text);

describe('PasswordHash', () => {
  // What Dovecot 2.3.19 sent for these.
  it.each([
    ['u', 'pass', '0087'],
    ['u', 'wrong', '0a0e'],
    ['u1', 'pass', '0c90'],
    ['u1', 'wrong', '0966'],
    ['nobody', 'wrong', '0c26'],
  ])('is that of Dovecot for %s and %s', (user, password, hash) => {
    expect(new PasswordHash('sha256', 'testnonce', 12).of(user, bytes(password))).toBe(hash);
  });

  it('is the whole hash where nothing is cut, as Dovecot has it', () => {
    expect(new PasswordHash('sha512', 'testnonce', 0).of('u1', bytes('pass'))).toBe(
      '5c37203473e871b853638bcb1189930df3547fbd0c33e527561e11660e71baf088e055c5fc6148c0e9412cde2a16a617f4740523c646353c0cbdf7b0bb616eb7',
    );
  });

  it.skipIf(!opensslIsThere).each(hashMechanisms.map((name) => [name]))(
    `hashes with %s as openssl does (${OPENSSL_ABSENT})`,
    (mechanism) => {
      const input = bytes('nonce-user\0-pässword');
      const said = execFileSync('openssl', ['dgst', `-${mechanism}`, '-r'], { input, encoding: 'utf8' });
      const hash = new PasswordHash(mechanism, 'nonce-', 0).of('user', bytes('-pässword'));
      expect(hash).toBe(said.split(' ')[0]);
    },
  );

  // The number that the hash is, divided by 2 as often as there are bits too many.
  it.each([1, 7, 8, 9, 12, 16, 17, 63, 255])('keeps the first %i bits, right-aligned', (bits) => {
    const whole = BigInt(`0x${new PasswordHash('sha256', 'n', 0).of('u', bytes('p'))}`);
    const kept = (whole >> BigInt(256 - bits)).toString(16).padStart(2 * Math.ceil(bits / 8), '0');
    expect(new PasswordHash('sha256', 'n', bits).of('u', bytes('p'))).toBe(kept);
  });

  it.each([256, 4096])('is whole where %i bits are asked for', (bits) => {
    expect(new PasswordHash('sha256', 'n', bits).of('u', null)).toHaveLength(64);
  });

  it('hashes no password as an empty one', () => {
    const hash = new PasswordHash('sha1', 'n', 0);
    expect(hash.of('u', null)).toBe(hash.of('u', bytes('')));
  });

  it.each([
    ['crypt', 'n', 12, 'hash_mech'],
    ['sha256', '', 12, 'hash_nonce'],
    ['sha256', 'n', -1, 'hash_truncate'],
    ['sha256', 'n', 1.5, 'hash_truncate'],
  ])('refuses %s, %j, %d', (mechanism, nonce, bits, field) => {
    expect(() => new PasswordHash(mechanism, nonce, bits)).toThrow(
      expect.objectContaining({ code: 'policy_setting', field }),
    );
  });
});
