import { describe, expect, it } from 'vitest';
import { readJson } from '../../../../src/policy/server/body.js';
import { expirationText } from '../../../../src/policy/server/expiration.js';
import { readEntryKey, readKey } from '../../../../src/policy/server/keys.js';
import { commandTarget } from '../../../../src/policy/server/target.js';
import { thrown } from './thrown.js';

describe('a target', () => {
  it.each([
    ['/?command=allow', '/command/allow'],
    ['/?a=b&command=report', '/command/report'],
    ['/?command=report&a=b', '/command/report'],
    ['/command/allow', '/command/allow'],
    ['/command/allow?x=y', '/command/allow?x=y'],
    ['/openapi.json', '/openapi.json'],
    ['/', '/'],
    ['/?command=', '/'],
    ['/?command=../x', '/'],
    ['/?xcommand=allow', '/'],
    ['/x?command=allow', '/'],
    ['/command/%61llow', '/'],
    ['/%zz', '/'],
    ['//command/allow', '/'],
    ['http://example.org/command/allow', '/'],
    ['*', '/'],
  ])('%s is %s', (url, target) => expect(commandTarget(url)).toBe(target));
});

describe('the end of a list entry', () => {
  it.each([
    // An answer of weakforced.
    ['2025-06-20T15:09:34Z', '2025-Jun-20 15:09:34'],
    // The documentation of Boost.Date_Time, whose to_simple_string weakforced uses.
    ['2002-01-01T10:00:01Z', '2002-Jan-01 10:00:01'],
    ['2099-12-31T23:59:59Z', '2099-Dec-31 23:59:59'],
  ])('%s is %s', (iso, text) => expect(expirationText(Date.parse(iso) / 1000)).toBe(text));
});

describe('a body', () => {
  it('is JSON', () => expect(readJson(Buffer.from('{"a":"ü"}'))).toEqual({ a: 'ü' }));

  it.each([
    ['', 0],
    ['{"a":1,}', 7],
    ['{"ü":x', 6],
    ['{"a":"b"', 8],
    // What Dovecot 2.3 makes of attributes named other/a/b and other/c.
    ['{"login":"u","other":{"a":{"a/b":"y","other":{"c":"z"}},"tls":false}', 68],
  ])('%s breaks at byte %i', (text, offset) => {
    expect(thrown(() => readJson(Buffer.from(text)))).toMatchObject({ code: 'policy_request', field: 'body', offset });
  });

  it('is never quoted', () => {
    expect(thrown(() => readJson(Buffer.from('{"login":secret}'))).message).toBe('not JSON');
  });
});

describe('what is asked about', () => {
  const ja3 = 'ADA70206e40642a3e4461f35503241d5';

  it.each([
    [{ ip: '::ffff:192.0.2.7' }, { ip: '192.0.2.7', login: null, ja3: null }],
    [{ login: 'User' }, { ip: null, login: 'user', ja3: null }],
    [{ ja3 }, { ip: null, login: null, ja3: ja3.toLowerCase() }],
    [
      { ip: '192.0.2.7', login: 'u' },
      { ip: '192.0.2.7', login: 'u', ja3: null },
    ],
    [
      { ip: '192.0.2.7', ja3 },
      { ip: '192.0.2.7', login: null, ja3: ja3.toLowerCase() },
    ],
  ])('%j', (request, key) => {
    expect(readKey(request)).toEqual(key);
    expect(readEntryKey(request)).toEqual(key);
  });

  it('a network, in entries only', () => {
    expect(readEntryKey({ netmask: '192.0.2.7/24' })).toEqual({ ip: '192.0.2.0/24', login: null, ja3: null });
  });

  it.each([
    [{}, 'policy_request', 'ip'],
    [{ login: 'u', ja3 }, 'policy_request', 'ja3'],
    [{ ja3: 'x' }, 'policy_request', 'ja3'],
    [{ login: '' }, 'policy_request', 'login'],
    [{ login: 'u'.repeat(513) }, 'policy_request', 'login'],
    [{ ip: 'x' }, 'policy_address', 'ip'],
    [{ ip: '192.0.2.0/24' }, 'policy_address', 'ip'],
    [{ netmask: 'x' }, 'policy_address', 'netmask'],
    [{ netmask: '192.0.2.0/24', login: 'u' }, 'policy_request', 'netmask'],
  ])('not %j', (request, code, field) => {
    expect(thrown(() => readEntryKey(request))).toMatchObject({ code, field });
  });
});
