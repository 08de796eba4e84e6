import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLogin, cleanUser } from '../../../../src/login/write/clean.js';
import { loginsOf, sampleLog } from '../../../harness/logins.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';

describe('a name as it is written', () => {
  it('is cut where a real Dovecot cut it', () => {
    const logged = loginsOf([sampleLog('dovecot-2.4')]).find(({ user }) => user?.startsWith('evex'));
    expect(logged?.user).toMatch(/x\.\.\.$/);
    expect(cleanUser(`eve${'x'.repeat(200)}`)).toBe(logged?.user);
  });

  it.each([
    ['alice@example.org', 'alice@example.org'],
    ['José', 'José'],
    ['a\r\nb\u0000\u007f\u0085', 'a??b???'],
    ['\ufffd\ud800', '??'],
    ['x'.repeat(80), 'x'.repeat(80)],
    ['x'.repeat(81), `${'x'.repeat(77)}...`],
    // Three bytes each: 25 fit beside the dots, and no part of another.
    ['€'.repeat(27), `${'€'.repeat(25)}...`],
    ['😀'.repeat(1_000), `${'😀'.repeat(19)}...`],
  ])('%j is %j', (name, written) => expect(cleanUser(name)).toBe(written));

  it('has 80 bytes at most and nothing that moves a cursor, and is the same when it is cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const clean = cleanUser(name);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(80);
        expect(clean).not.toMatch(/\p{Cc}|\p{Cs}/u);
        expect(cleanUser(clean)).toBe(clean);
      }),
    );
  });
});

describe('a login as it is written', () => {
  it('keeps what is of the usual length', () => expect(cleanLogin(proxiedLogin())).toEqual(proxiedLogin()));

  it('is without control characters, and bounded, in all that a client or a backend chose', () => {
    const long = `\u001b[2J\r\n${'x'.repeat(70_000)}`;
    const clean = cleanLogin(
      proxiedLogin({
        user: long,
        mechanism: long,
        reason: long,
        sni: long,
        alpn: Array.from({ length: 900 }, () => long),
        clientId: Array.from({ length: 900 }, () => [long, long] as const),
      }),
    );
    const json = JSON.stringify(clean);
    expect(json).not.toMatch(/\\u001b|\\r|\\n/);
    expect(json.length).toBeLessThan(16_384);
    expect(clean.clientId).toHaveLength(30);
    expect(cleanLogin(clean)).toEqual(clean);
  });

  it('has no user where the name is empty, and pairs without a value stay so', () => {
    expect(cleanLogin(proxiedLogin({ user: '', clientId: [['name', null]] }))).toMatchObject({
      user: null,
      clientId: [['name', null]],
    });
  });
});
