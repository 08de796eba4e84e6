import { describe, expect, it } from 'vitest';
import type { RouteOptions, UserRule } from '../../../../src/proxy/options.js';
import { couldLeadTo, createRoutes, namedBackends, Router, routeLimits } from '../../../../src/proxy/route/index.js';
import { refusal } from '../../../harness/refusal.js';
import { backendsNamed } from './backends.js';

const backends = backendsNamed('one', 'two', 'three', 'shard-7', 'x');

/** The name of the backend that a user, or a server name, is routed to. */
function byUser(rules: readonly UserRule[], user: string | null, otherwise: string | null = null): string | null {
  return new Router({ by: 'user', rules, otherwise }, backends).route({ serverName: null, user })?.name ?? null;
}

function bySni(names: Record<string, string>, serverName: string | null, otherwise: string | null = null) {
  const options: RouteOptions = { by: 'sni', names: new Map(Object.entries(names)), otherwise };
  return new Router(options, backends).route({ serverName, user: null })?.name ?? null;
}

describe('a static route', () => {
  it('leads everybody to its backend', () => {
    const router = new Router({ by: 'static', backend: 'two' }, backends);
    expect(router.route({ serverName: null, user: null })).toBe(backends.get('two'));
    expect(router.route({ serverName: 'one', user: 'one' })).toBe(backends.get('two'));
  });
});

describe('a route by server name', () => {
  const names = { 'imap.example.org': 'one', '*.example.org': 'two', '*.eu.example.org': 'three' };

  it.each([
    ['imap.example.org', 'one'],
    ['IMAP.Example.ORG', 'one'],
    ['imap.example.org.', 'one'],
    ['mail.example.org', 'two'],
    ['a.b.example.org', 'two'],
    ['mail.eu.example.org', 'three'],
    ['a.b.eu.example.org', 'three'],
    ['eu.example.org', 'two'],
    ['example.org', null],
    ['.example.org', null],
    ['notexample.org', null],
    ['imap.example.org.evil.test', null],
    ['*.example.net', null],
    ['', null],
    ['.', null],
    [null, null],
  ])('%j goes to %j', (serverName, wanted) => {
    expect(bySni(names, serverName)).toBe(wanted);
    expect(bySni(names, serverName, 'x')).toBe(wanted ?? 'x');
  });

  it('takes a name beyond the length of DNS for none', () => {
    const long = (length: number) => `${'a'.repeat(length - '.example.org'.length)}.example.org`;
    expect(bySni(names, long(routeLimits.MAX_SERVER_NAME))).toBe('two');
    expect(bySni(names, long(routeLimits.MAX_SERVER_NAME + 1), 'x')).toBe('x');
  });
});

describe('a route by user', () => {
  it('compares whole names in lower case', () => {
    const rules: UserRule[] = [{ match: 'exact', user: 'ann@example.org', backend: 'one' }];
    expect(byUser(rules, 'Ann@Example.org')).toBe('one');
    expect(byUser(rules, 'ann@example.org ')).toBeNull();
    expect(byUser(rules, 'joann@example.org')).toBeNull();
  });

  it('takes the domain from behind the last @', () => {
    const rules: UserRule[] = [{ match: 'domain', domain: 'example.org', backend: 'one' }];
    expect(byUser(rules, 'ann@EXAMPLE.org')).toBe('one');
    expect(byUser(rules, 'ann@example.net@example.org')).toBe('one');
    expect(byUser(rules, 'ann@example.org@example.net')).toBeNull();
    expect(byUser(rules, 'example.org')).toBeNull();
    expect(byUser(rules, 'ann@sub.example.org')).toBeNull();
  });

  it('asks a table for the name, then for its domain', () => {
    const table = new Map([
      ['ann', 'one'],
      ['ann@example.org', 'two'],
      ['@example.org', 'three'],
    ]);
    const rules: UserRule[] = [{ match: 'table', backends: table }];
    expect(byUser(rules, 'ann')).toBe('one');
    expect(byUser(rules, 'ANN@example.org')).toBe('two');
    expect(byUser(rules, 'bob@example.org')).toBe('three');
    expect(byUser(rules, 'bob')).toBeNull();
    expect(byUser(rules, '@example.org')).toBe('three');
  });

  it('takes the first rule that fits', () => {
    const rules: UserRule[] = [
      { match: 'exact', user: 'ann@example.org', backend: 'one' },
      { match: 'pattern', pattern: '.*@example\\.org', backend: 'two' },
      { match: 'domain', domain: 'example.org', backend: 'three' },
    ];
    expect(byUser(rules, 'ann@example.org')).toBe('one');
    expect(byUser(rules, 'bob@example.org')).toBe('two');
    expect(byUser(rules.toReversed(), 'ann@example.org')).toBe('three');
  });

  it('leads to `otherwise` who fits none, and who has not said a name yet', () => {
    const rules: UserRule[] = [{ match: 'exact', user: 'ann', backend: 'one' }];
    expect(byUser(rules, 'bob', 'x')).toBe('x');
    expect(byUser(rules, null, 'x')).toBe('x');
    expect(byUser(rules, null)).toBeNull();
  });
});

describe('a pattern', () => {
  const shard: UserRule = { match: 'pattern', pattern: '([^@]*)@shard([0-9]+)\\.example\\.org', backend: 'shard-$2' };

  it('makes the backend of its captures', () => {
    expect(byUser([shard], 'ann@shard7.example.org')).toBe('shard-7');
    expect(byUser([shard], 'ANN@SHARD7.EXAMPLE.ORG')).toBe('shard-7');
  });

  it('fits the whole name or not at all', () => {
    const rules: UserRule[] = [{ match: 'pattern', pattern: 'ann|bob', backend: 'one' }];
    expect(byUser(rules, 'bob')).toBe('one');
    expect(byUser(rules, 'bobby')).toBeNull();
    expect(byUser(rules, 'ann\n')).toBeNull();
  });

  it('leads on to the next rule where no backend has the name it makes', () => {
    expect(byUser([shard], 'ann@shard8.example.org')).toBeNull();
    expect(
      byUser([shard, { match: 'domain', domain: 'shard8.example.org', backend: 'two' }], 'ann@shard8.example.org'),
    ).toBe('two');
    expect(byUser([shard], 'ann@shard8.example.org', 'x')).toBe('x');
  });

  it.each([
    '../one',
    'one:25',
    'one\n',
    'one\r\nSTAT',
    'one\u0000',
    ' one',
    'one/../two',
    '__proto__',
    'constructor',
    '127.0.0.1',
    '$1',
    '$&',
    'one.',
  ])('a client that writes %j into a capture reaches no backend', (name) => {
    const rules: UserRule[] = [{ match: 'pattern', pattern: '(?s)ann\\+(.*)', backend: '$1' }];
    expect(byUser(rules, 'ann+one')).toBe('one');
    expect(byUser(rules, `ann+${name}`)).toBeNull();
  });

  it('does not read captures a second time', () => {
    const rules: UserRule[] = [{ match: 'pattern', pattern: '(.*)@(.*)', backend: '$1' }];
    expect(byUser(rules, '$2@one')).toBeNull();
    expect(byUser(rules, 'one@two')).toBe('one');
  });

  it('takes a capture that took no part for empty', () => {
    expect(byUser([{ match: 'pattern', pattern: '(y)?ann', backend: 'one$1' }], 'ann')).toBe('one');
  });

  it('takes a digit behind a capture as text', () => {
    const numbered = backendsNamed('a0');
    const rules: UserRule[] = [{ match: 'pattern', pattern: '(.)', backend: '$10' }];
    const router = new Router({ by: 'user', rules, otherwise: null }, numbered);
    expect(router.route({ serverName: null, user: 'a' })?.name).toBe('a0');
  });

  it('is not asked about names longer than its limit, counted in bytes', () => {
    const rules: UserRule[] = [{ match: 'pattern', pattern: '.*', backend: 'one' }];
    expect(byUser(rules, 'a'.repeat(routeLimits.MAX_PATTERN_NAME))).toBe('one');
    expect(byUser(rules, 'a'.repeat(routeLimits.MAX_PATTERN_NAME + 1))).toBeNull();
    expect(byUser(rules, 'ü'.repeat(routeLimits.MAX_PATTERN_NAME / 2))).toBe('one');
    expect(byUser(rules, `${'ü'.repeat(routeLimits.MAX_PATTERN_NAME / 2)}a`)).toBeNull();
  });

  // JavaScript's own engine needs more than 2^100 steps for each of these; a test that ends at all has shown what it is to show.
  it.each(['(a+)+$', '(a|a)*', '(a|aa)+', '([a-z]+)*', '(.*a){40}', '(x+x+)+y', '((((a*)*)*)*)*'])(
    '%s comes to an end on a name made for it',
    (pattern) => {
      const rules: UserRule[] = [{ match: 'pattern', pattern: `(?:${pattern})!`, backend: 'one' }];
      const evil = 'a'.repeat(routeLimits.MAX_PATTERN_NAME - 1);
      for (const end of ['?', '\n', '']) expect(byUser(rules, `${evil}${end}`)).toBeNull();
    },
  );
});

describe('what a route cannot be made of', () => {
  const make = (rule: UserRule) => refusal(() => new Router({ by: 'user', rules: [rule], otherwise: null }, backends));

  it.each(['(a', '(?=a)', 'a{2,1}', '\\1', '[z-a]', '*'])('the pattern %s', (pattern) => {
    expect(make({ match: 'pattern', pattern, backend: 'one' })).toMatchObject({
      code: 'route_pattern',
      field: 'pattern',
    });
  });

  it('a pattern of too many instructions', () => {
    expect(make({ match: 'pattern', pattern: '(?:a{0,30}){0,30}', backend: 'one' })).toMatchObject({
      code: 'route_pattern',
      field: 'pattern',
    });
  });

  it('a capture that the pattern does not have', () => {
    expect(make({ match: 'pattern', pattern: '(a)', backend: 'shard-$2' })).toMatchObject({
      code: 'route_pattern',
      field: 'backend',
    });
  });

  it.each<RouteOptions>([
    { by: 'static', backend: 'nine' },
    { by: 'sni', names: new Map([['a.example', 'nine']]), otherwise: null },
    { by: 'sni', names: new Map(), otherwise: 'nine' },
    { by: 'user', rules: [], otherwise: 'nine' },
    { by: 'user', rules: [{ match: 'exact', user: 'a', backend: 'nine' }], otherwise: null },
    { by: 'user', rules: [{ match: 'domain', domain: 'a', backend: 'nine' }], otherwise: null },
    { by: 'user', rules: [{ match: 'table', backends: new Map([['a', 'nine']]) }], otherwise: null },
    { by: 'user', rules: [{ match: 'pattern', pattern: '.*', backend: 'nine' }], otherwise: null },
  ])('a backend that is not declared: %j', (options) => {
    expect(refusal(() => new Router(options, backends))).toMatchObject({ code: 'route_backend', field: 'backend' });
  });
});

describe('namedBackends', () => {
  it('leaves out what only captures can make', () => {
    const rules: UserRule[] = [
      { match: 'exact', user: 'a', backend: 'one' },
      { match: 'pattern', pattern: '(.*)', backend: 'shard-$1' },
      { match: 'pattern', pattern: 'b', backend: 'two' },
    ];
    expect([...namedBackends({ by: 'user', rules, otherwise: 'x' })].toSorted()).toEqual(['one', 'two', 'x']);
  });
});

describe('couldLeadTo', () => {
  it.each([
    ['shard-$1', 'shard-7', true],
    ['shard-$1', 'shard-', true],
    ['shard-$1', 'disk-7', false],
    ['$1', 'anything', true],
    ['$1-$2-imap', 'a-b-imap', true],
    ['$1-$2-imap', 'ab-imap', false],
    ['$1-imap', 'imap', false],
    ['shard', 'shard', true],
    ['shard', 'shard-7', false],
  ])('a pattern with %s may make %s: %s', (template, backend, wanted) => {
    const rules: UserRule[] = [{ match: 'pattern', pattern: '(.*)@(.*)', backend: template }];
    expect(couldLeadTo({ by: 'user', rules, otherwise: null }, backend)).toBe(wanted);
  });

  it('counts the backends that are named', () => {
    expect(couldLeadTo({ by: 'static', backend: 'one' }, 'one')).toBe(true);
    expect(couldLeadTo({ by: 'static', backend: 'one' }, 'two')).toBe(false);
  });
});

describe('createRoutes', () => {
  it('gives each listener its own', () => {
    const listener = (route: RouteOptions) => ({
      name: 'imap',
      protocol: 'imap' as const,
      bind: { host: '127.0.0.1', port: 143 },
      tls: 'none' as const,
      mode: 'terminated' as const,
      certificates: null,
      proxyProtocol: null,
      proxyNetworks: [],
      trustedNetworks: [],
      mechanisms: ['PLAIN'],
      cleartext: true,
      apop: false,
      keywords: null,
      route,
    });
    const first = listener({ by: 'static', backend: 'one' });
    const second = listener({ by: 'static', backend: 'two' });
    const route = createRoutes({ listeners: [first, second], backends });
    const anybody = { serverName: null, user: null };
    expect(route(first, anybody)?.name).toBe('one');
    expect(route(second, anybody)?.name).toBe('two');
    expect(route(listener({ by: 'static', backend: 'two' }), anybody)).toBeNull();
  });
});
