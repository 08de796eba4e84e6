import { describe, expect, it } from 'vitest';
import { RequestBody } from '../../../../src/policy/client/attributes.js';
import { defaultAttributes } from '../../../../src/policy/client/options.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';
import { asked } from './asked.js';

/** Nothing but these attributes. */
function only(attributes: Readonly<Record<string, string>>): RequestBody {
  const none = Object.fromEntries(Object.keys(defaultAttributes).map((name) => [name, null]));
  return new RequestBody({ ...none, ...attributes });
}

const settings = (error: { field: string; offset?: number }) =>
  expect.objectContaining({ code: 'policy_setting', ...error }) as Error;

describe('RequestBody', () => {
  // Sent by Dovecot 2.3.19 for auth_policy_request_attributes = attrs/ja3=x other/a/b=y attrs-x=%m attrs/cos=%{mech} zz/y=%{secured}.
  it('nests and sorts as Dovecot does', () => {
    const body = only({
      'attrs/ja3': 'x',
      'other/a/b': 'y',
      'attrs-x': '%{mechanism}',
      'attrs/cos': '%{mech}',
      'zz/y': 'secured',
    });
    const login = proxiedLogin({ tls: false });
    expect(body.json(asked({ login }), null)).toBe(
      '{"attrs-x":"PLAIN","attrs":{"cos":"PLAIN","ja3":"x"},"other":{"a":{"a/b":"y"}},"zz":{"y":"secured"},"tls":false}',
    );
    expect(body.json(asked({ login }), { success: true, policyReject: false, failType: null })).toBe(
      '{"attrs-x":"PLAIN","attrs":{"cos":"PLAIN","ja3":"x"},"other":{"a":{"a/b":"y"}},"zz":{"y":"secured"},"success":true,"policy_reject":false,"tls":false}',
    );
  });

  it('stays JSON where objects end at different depths', () => {
    const json = only({ 'a/b/c/d': '1', 'a/b/e': '2', 'a/f': '3', 'a/g/h': '4', i: '5', 'j/k': '6' }).json(
      asked(),
      null,
    );
    expect(JSON.parse(json)).toEqual({
      a: { b: { c: { 'b/c/d': '1' }, 'b/e': '2' }, f: '3', g: { 'g/h': '4' } },
      i: '5',
      j: { k: '6' },
      tls: true,
    });
  });

  it('has what is appended alone where there is no attribute', () => {
    expect(only({}).json(asked(), null)).toBe('{"tls":true}');
    expect(only({}).json(asked(), { success: false, policyReject: true, failType: 'policy' })).toBe(
      '{"success":false,"policy_reject":true,"tls":true}',
    );
  });

  it('sorts by bytes, not by UTF-16', () => {
    const names = Object.keys(
      JSON.parse(only({ '\u{1f600}': 'a', '\uff5e': 'b', Z: 'c', a: 'd' }).json(asked(), null)),
    );
    expect(names).toEqual(['Z', 'a', '\uff5e', '\u{1f600}', 'tls']);
  });

  it('sends Dovecot’s attributes and the fingerprint unless told otherwise', () => {
    const { fingerprint } = proxiedLogin();
    expect(JSON.parse(new RequestBody({}).json(asked(), null))).toEqual({
      attrs: {
        client: 'Mutt 2.2.9',
        ja3: fingerprint!.ja3.hash,
        ja3n: fingerprint!.ja3n.hash,
        ja4: fingerprint!.ja4!.hash,
        ssl_ja3: fingerprint!.sslJa3['3.0'].hash,
      },
      device_id: '"name" "Mutt"',
      fail_type: '',
      login: 'alice@example.org',
      protocol: 'imap',
      pwhash: '0087',
      remote: '192.0.2.7',
      session_id: 'KfNMtNhgEurGM2QV',
      tls: true,
    });
  });

  it('adds to them, and takes out', () => {
    const body = new RequestBody({ 'attrs/client': null, 'attrs/sni': '%{sni}', login: '%{user}!' });
    const read = JSON.parse(body.json(asked(), null)) as { attrs: Record<string, string>; login: string };
    expect(read.attrs.sni).toBe('imap.example.org');
    expect(read.attrs).not.toHaveProperty('client');
    expect(read.login).toBe('alice@example.org!');
  });

  it('escapes what a client chose, as Dovecot does', () => {
    const user = 'a"b\\c\u0001\n\u2028é';
    expect(only({ login: '%{user}' }).json(asked({ user }), null)).toBe(
      '{"login":"a\\"b\\\\c\\u0001\\n\\u2028é","tls":true}',
    );
  });

  it('cuts a value that is too long', () => {
    const read = JSON.parse(only({ login: '%{user}' }).json(asked({ user: 'x'.repeat(5000) }), null)) as {
      login: string;
    };
    expect(read.login).toHaveLength(2048);
  });

  it.each([
    ['value and object', { a: '1', 'a/b': '2' }, 'a'],
    ['value and object, deeper', { 'o/a': '1', 'o/a/b': '2' }, 'o/a'],
    ['what is appended', { tls: '1' }, 'tls'],
    ['an object of that name', { 'success/x': '1' }, 'success'],
    ['an empty name', { '': '1' }, ''],
    ['an empty part', { 'a//b': '1' }, 'a//b'],
    ['an empty end', { 'a/': '1' }, 'a/'],
  ])('refuses %s', (_, attributes, field) => {
    expect(() => only(attributes)).toThrow(settings({ field }));
  });

  it('refuses too many, and names that are too long', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`a${at}`, 'x']));
    expect(() => only(many)).toThrow(settings({ field: 'request_attributes' }));
    expect(() => only({ ['x'.repeat(513)]: '' })).toThrow(settings({ field: 'x'.repeat(512) }));
  });
});

describe('templates', () => {
  it.each([
    ['100%% of %{user}', '100% of u'],
    ['', ''],
    ['%{protocol}/%{protocol}', 'imap/imap'],
  ])('%j', (template, value) => {
    expect(JSON.parse(only({ x: template }).json(asked({ user: 'u' }), null))).toEqual({ x: value, tls: true });
  });

  it.each([
    ['%u', 0],
    ['a%', 1],
    ['ab%{user', 2],
    ['%{passwords}', 0],
    ['%{}', 0],
    ['%{user|upper}', 0],
    ['%{constructor}', 0],
  ])('refuses %j', (template, offset) => {
    expect(() => only({ x: template })).toThrow(settings({ field: 'x', offset }));
  });
});

describe('variables', () => {
  const value = (template: string, changes: Parameters<typeof asked>[0] = {}) =>
    (JSON.parse(only({ x: template }).json(asked(changes), null)) as { x: string }).x;

  // Sent by Dovecot 2.3.19 for the ID list ("name" "Mu\"t\\t" "x" NIL "os" "a/bé").
  it('client_id is the list as Dovecot keeps it', () => {
    const login = proxiedLogin({
      clientId: [
        ['name', 'Mu"t\\t'],
        ['x', null],
        ['os', 'a/bé\r\n'],
      ],
    });
    expect(value('%{client_id}', { login })).toBe('"name" "Mu\\"t\\\\t" "x" NIL "os" "a/b"');
    expect(value('%{client_id}', { login: proxiedLogin({ clientId: null }) })).toBe('');
  });

  it('protocol is Dovecot’s name of the service', () => {
    expect(value('%{protocol}', { login: proxiedLogin({ protocol: 'managesieve' }) })).toBe('sieve');
    expect(value('%{service}', { login: proxiedLogin({ protocol: 'submission' }) })).toBe('submission');
  });

  it('ssl_ja3 is that of the OpenSSL generation asked for', () => {
    const { fingerprint } = proxiedLogin();
    const other = { string: 's', hash: 'h' };
    const login = proxiedLogin({
      fingerprint: { ...fingerprint!, sslJa3: { ...fingerprint!.sslJa3, '3.5': other } },
    });
    expect(value('%{ssl_ja3} %{ssl_ja3_hash}', { login, openssl: '3.5' })).toBe('s h');
    expect(value('%{ssl_ja3_hash}', { login })).toBe(fingerprint!.sslJa3['3.0'].hash);
  });

  it('all are empty where nothing is known', () => {
    const login = proxiedLogin({
      fingerprint: null,
      recognition: null,
      clientId: null,
      sni: null,
      mechanism: null,
      tlsVersion: null,
      cipher: null,
      tls: false,
    });
    const names = [
      'ssl_ja3',
      'ja3',
      'ja3n_hash',
      'ja4',
      'ja4_r',
      'client',
      'client_rung',
      'client_score',
      'sni',
      'mech',
    ];
    const more = ['secured', 'tls_version', 'tls_cipher', 'client_id', 'fail_type', 'user'];
    const template = [...names, ...more].map((name) => `%{${name}}`).join('');
    expect(value(template, { login, clientName: null, user: '' })).toBe('');
  });

  it('addresses and ports', () => {
    expect(value('%{rip} %{remote_port} %{lip} %{lport} %{secured}')).toBe('192.0.2.7 41234 198.51.100.1 993 TLS');
  });
});
