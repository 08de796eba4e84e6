import { describe, expect, it } from 'vitest';
import { Credentials, digestsOf } from '../../../../src/policy/server/credentials.js';

describe('credentials', () => {
  it.each([
    // RFC 7617 sections 2 and 2.1.
    ['open sesame', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['open sesame', 'basic   QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['123£', 'Basic dGVzdDoxMjPCow=='],
    // What Dovecot made of `us%40er:p%40w`: test/data/policy.
    ['p@w', 'Basic dXNAZXI6cEB3'],
    ['a:b', `Basic ${btoa('user:a:b')}`],
    ['', `Basic ${btoa('user:')}`],
  ])('let %j in with %s', (password, authorization) => {
    const shown = { authorization, apiKey: undefined };
    expect(new Credentials({ password, apiKey: null }).admits(digestsOf(shown))).toBe(true);
    expect(new Credentials({ password, apiKey: 'k' }).admits(digestsOf(shown))).toBe(true);
    expect(new Credentials({ password: `${password}x`, apiKey: null }).admits(digestsOf(shown))).toBe(false);
    expect(new Credentials({ password: null, apiKey: password }).admits(digestsOf(shown))).toBe(false);
  });

  it.each([
    '',
    'Basic',
    'Basic !',
    `Basic ${btoa('secret')}`,
    `Bearer ${btoa('u:secret')}`,
    `Basic ${btoa('secret:u')}`,
    'secret',
  ])('keep %j out', (authorization) =>
    expect(
      new Credentials({ password: 'secret', apiKey: null }).admits(digestsOf({ authorization, apiKey: undefined })),
    ).toBe(false),
  );

  it('a key is let in by itself, and beside a wrong password', () => {
    const both = new Credentials({ password: 'p', apiKey: 'key' });
    expect(both.admits(digestsOf({ authorization: undefined, apiKey: 'key' }))).toBe(true);
    expect(both.admits(digestsOf({ authorization: 'Basic eDp5', apiKey: 'key' }))).toBe(true);
    expect(both.admits(digestsOf({ authorization: undefined, apiKey: 'Key' }))).toBe(false);
    expect(both.admits(digestsOf({ authorization: undefined, apiKey: 'p' }))).toBe(false);
    expect(both.admits(digestsOf({ authorization: undefined, apiKey: undefined }))).toBe(false);
  });

  it('none of both is open, and lets nobody in by what is shown', () => {
    const none = new Credentials({ password: null, apiKey: null });
    expect(none.isOpen).toBe(true);
    expect(none.admits(digestsOf({ authorization: 'Basic Og==', apiKey: '' }))).toBe(false);
  });
});
