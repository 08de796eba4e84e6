import { describe, expect, it } from 'vitest';
import { policyAddress } from '../../../../src/policy/client/address.js';

describe('policyAddress', () => {
  // The first three as Dovecot 2.3.19 asks for them.
  it.each([
    ['http://127.0.0.1:8084/', '/?command=allow'],
    ['http://127.0.0.1:8084', '/?command=allow'],
    ['http://127.0.0.1:8084/a?b=c&', '/a?b=c&command=allow'],
    ['https://policy.example.org/', '/?command=allow'],
  ])('%s', (url, target) => {
    expect(policyAddress(url, null).target.allow).toBe(target);
    expect(policyAddress(url, null).target.report).toBe(target.replace('allow', 'report'));
  });

  it.each([
    ['http://h/', 'h', 80, false],
    ['https://h/', 'h', 443, true],
    ['http://[::1]:8084/', '::1', 8084, false],
  ])('%s is %s, port %i', (url, host, port, secure) => {
    expect(policyAddress(url, null)).toMatchObject({ host, port, secure });
  });

  // The first as Dovecot 2.3.19 sends it.
  it.each([
    ['http://us%40er:p%40w@h/', 'Basic dXNAZXI6cEB3'],
    ['http://user@h/', `Basic ${btoa('user:')}`],
    ['http://:key@h/', `Basic ${btoa(':key')}`],
    ['http://u:a%3Ab@h/', `Basic ${btoa('u:a:b')}`],
  ])('%s has %s', (url, authorization) => {
    const address = policyAddress(url, null);
    expect(address.headers.Authorization).toBe(authorization);
    expect(address.shown).toBe('http://h/');
  });

  it.each([
    ['secret', 'X-API-Key', 'secret'],
    ['X-Foo: bar', 'X-Foo', ' bar'],
    ['X-Foo:a:b', 'X-Foo', 'a:b'],
  ])('api header %j', (text, name, value) => {
    expect(policyAddress('http://h/', text).headers[name]).toBe(value);
  });

  it.each([
    ['no URL', 'h:8084'],
    ['another scheme', 'ftp://h/'],
    ['a fragment', 'http://h/#x'],
    ['a query that is not to be gone on with', 'http://h/?key=1'],
    ['a colon in the user', 'http://a%3Ab:secret@h/'],
    ['a user that is no UTF-8', 'http://%ff:secret@h/'],
  ])('refuses %s without showing it', (_, url) => {
    const refused = expect.objectContaining({ code: 'policy_setting', field: 'server_url' }) as Error;
    expect(() => policyAddress(url, null)).toThrow(refused);
    expect(() => policyAddress(url, null)).not.toThrow(/secret|ftp|key=1/);
  });

  it.each([
    'A B: secret',
    'X: secret\r\nY: z',
    ': secret',
    'Host: secret',
    'content-length: 1',
    'Expect: secret',
    'ключ',
  ])('refuses the header %j', (text) => {
    const refused = expect.objectContaining({ code: 'policy_setting', field: 'server_api_header' }) as Error;
    expect(() => policyAddress('http://h/', text)).toThrow(refused);
    expect(() => policyAddress('http://h/', text)).not.toThrow(/secret/);
  });
});
