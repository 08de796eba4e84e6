import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shownMechanism, shownUser } from '../../../../src/login/format/clean.js';
import { keyedNames, network } from '../../../../src/login/format/privacy.js';
import { opensslIsThere } from '../../../harness/tls-servers.js';

describe('networks of addresses', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0'],
    ['::ffff:192.0.2.77', '::ffff:192.0.2.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:db8::7', '2001:db8::'],
    ['2001:db8:0:1::', '2001:db8::'],
    ['2001:0:0:1::5', '2001::'],
    ['::1', '::'],
    ['fe80::1%eth0', 'fe80::'],
    ['::2:3:4:5:6:7:8', '0:2:3::'],
    ['no address', ''],
  ])('%s is in %s', (address, wanted) => {
    expect(network(address)).toBe(wanted);
  });
});

describe('names under a key', () => {
  const key = Buffer.from('0123456789abcdef0123456789abcdef');

  it.skipIf(!opensslIsThere)('are HMAC-SHA-256, its first 16 bytes (skipped where openssl is not installed)', () => {
    const printed = execFileSync('openssl', ['dgst', '-sha256', '-hmac', key.toString()], {
      input: 'alice@example.org',
    });
    const digest = /[0-9a-f]{64}/.exec(printed.toString())![0];
    expect(keyedNames(key)('alice@example.org')).toBe(digest.slice(0, 32));
  });

  it('are the same however a name is written', () => {
    const name = keyedNames(key);
    expect(name('J\u00f6@EX.org')).toBe(name('jo\u0308@ex.org'));
    expect(name('a')).not.toBe(name('b'));
    expect(keyedNames(Buffer.alloc(32))('a')).not.toBe(name('a'));
  });
});

describe('what a client chose', () => {
  it('ends no element and begins none', () => {
    expect(shownUser('x>, rip=6.6.6.6, session=<y')).toBe('x?, rip=6.6.6.6, session=?y');
    expect(shownMechanism('X, TLS>\u0000é')).toBe('X??TLS???');
  });
});
