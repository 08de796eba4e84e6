import { describe, expect, it } from 'vitest';
import { spellPassword } from '../../../../src/proxy/sasl/index.js';
import { Secret } from '../../../../src/proxy/secret.js';

const credentials = (authorization: string, user: string, password: string) => ({
  kind: 'password' as const,
  authorization: Buffer.from(authorization),
  user: Buffer.from(user),
  password: new Secret(Buffer.from(password)),
});

const plain = (secret: Secret | null) => (secret === null ? null : Buffer.from(secret.reveal()).toString());

describe('a password for a backend', () => {
  it('is spelled in PLAIN where that is offered (RFC 4616 section 4)', () => {
    const spelling = spellPassword(credentials('Ursel', 'Kurt', 'xipj3plmq'), ['LOGIN', 'PLAIN'])!;
    expect(spelling.mechanism).toBe('PLAIN');
    expect(plain(spelling.initial)).toBe('Ursel\0Kurt\0xipj3plmq');
    expect(spelling.responses).toEqual([]);
  });

  it('is spelled in LOGIN otherwise', () => {
    const spelling = spellPassword(credentials('', 'tim', 'secret'), ['LOGIN', 'CRAM-MD5'])!;
    expect([spelling.mechanism, spelling.initial]).toEqual(['LOGIN', null]);
    expect(spelling.responses.map(plain)).toEqual(['tim', 'secret']);
  });

  it.each([
    ['no mechanism for it', credentials('', 'tim', 'secret'), ['CRAM-MD5', 'XOAUTH2']],
    ['LOGIN, which cannot act as another', credentials('ursel', 'tim', 'secret'), ['LOGIN']],
    ['NUL in the name', credentials('', 't\0m', 'secret'), ['PLAIN', 'LOGIN']],
    ['NUL in the name to act as', credentials('u\0', 'tim', 'secret'), ['PLAIN', 'LOGIN']],
    ['NUL in the password', credentials('', 'tim', 'sec\0ret'), ['PLAIN', 'LOGIN']],
  ])('cannot be spelled with %s', (_, given, offered) => {
    expect(spellPassword(given, offered)).toBeNull();
  });

  it('is a copy: overwriting it leaves the attempt as it was', () => {
    const given = credentials('', 'tim', 'secret');
    spellPassword(given, ['LOGIN'])!.responses[1]!.wipe();
    spellPassword(given, ['PLAIN'])!.initial!.wipe();
    expect(plain(given.password)).toBe('secret');
    expect(Buffer.from(given.user).toString()).toBe('tim');
  });
});
