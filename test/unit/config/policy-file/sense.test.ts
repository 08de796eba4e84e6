import { describe, expect, it } from 'vitest';
import { policyConfigured } from '../configured.js';

const DATABASE = 'database: x.db\n';
const rule = (when: string, more = 'then: log', name = 'a') => `  - { name: ${name}, when: ${when}, ${more} }\n`;
const file = (rules: string, top = DATABASE) => `${top}rules:\n${rules}`;

/** Without line and column, which other tests hold. */
const plain = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^policy\.yaml:\d+:\d+: (?:warning: )?/, ''));
const errorsOf = (text: string) => plain(policyConfigured(text).errors);
const warningsOf = (text: string) => {
  const { errors, warnings } = policyConfigured(text);
  expect(errors).toEqual([]);
  return plain(warnings);
};

describe('a denial', () => {
  const UNCERTAIN = expect.stringMatching(/^rules\[0\]\.then: refuses clients on a guess: .*although_uncertain: yes$/);
  const second = 'failures: { per: address, window: 1h, at_least: 5 }';

  it.each([
    'client: hydra',
    'kind: audit tool',
    'family: Go',
    'contradiction: yes',
    'rung: none',
    'rung: [ja3, stack]',
  ])('by %s is refused unless it is said twice', (condition) => {
    const when = `{ ${condition}, ${second} }`;
    expect(errorsOf(file(rule(when, 'then: reject')))).toEqual([UNCERTAIN]);
    expect(errorsOf(file(rule(when, 'then: { reject: away }, enforce: no')))).toEqual([UNCERTAIN]);
    expect(warningsOf(file(rule(when, 'then: reject, although_uncertain: yes')))).toEqual([]);
    expect(warningsOf(file(rule(when, 'then: { tarpit: 5s }')))).toEqual([]);
    expect(warningsOf(file(rule(when, 'then: log')))).toEqual([]);
  });

  it.each([
    'client: hydra, rung: [ja3, ja4, ssl_ja3]',
    'kind: audit tool, rung: ssl_ja3',
    `family: Go, fingerprint: ${'a'.repeat(32)}`,
    'rung: ja4',
    'contradiction: no',
    'network: 192.0.2.0/24',
    'new_client: yes',
  ])('by %s is none on a guess', (condition) => {
    const when = `{ ${condition}, ${second} }`;
    expect(warningsOf(file(rule(when, 'then: reject')))).toEqual([]);
    expect(warningsOf(file(rule(when, 'then: reject, although_uncertain: yes')))).toEqual([
      expect.stringMatching(/^rules\[0\]\.although_uncertain: has no effect/),
    ]);
  });

  it('names what makes it one', () => {
    const [error] = errorsOf(file(rule(`{ kind: server, client: x, rung: stack, ${second} }`, 'then: reject')));
    expect(error).toContain('client, kind and rung go by');
  });

  it.each([
    ['{}', 'refuses every login'],
    [`{ fingerprint: ${'a'.repeat(32)} }`, 'fingerprint alone'],
    ['{ client: hydra, rung: ja3 }', 'fingerprint alone'],
    ['{ new_client: yes }', 'new phone'],
    ['{ new_network: yes }', 'journey'],
    ['{ never_succeeded: { failures: 3 } }', 'which then never can'],
    ['{ failed_users: { per: fingerprint, window: 1h, at_least: 5 } }', 'all who share'],
    ['{ failures: { per: user, window: 1h, at_least: 5 } }', 'lock that user out'],
  ])('on one ground alone is warned of: %s', (when, message) => {
    expect(warningsOf(file(rule(when, 'then: reject')))).toEqual([
      expect.stringMatching(`^rules\\[0\\]\\.then: .*${message}`),
    ]);
    expect(warningsOf(file(rule(when, 'then: { tarpit: 5s }')))).toEqual([]);
  });

  it.each([
    '{ new_client: yes, new_network: yes }',
    `{ fingerprint: ${'a'.repeat(32)}, network: 192.0.2.0/24 }`,
    '{ network: 192.0.2.0/24 }',
    '{ user: root }',
    '{ failures: { per: address, window: 1h, at_least: 5 } }',
    '{ failures: { per: [fingerprint, network], window: 1h, at_least: 5 } }',
    '{ failures: [{ per: fingerprint, window: 1h, at_least: 5 }, { per: address, window: 1h, at_least: 5 }] }',
  ])('on more, or on what is not shared, is not: %s', (when) => {
    expect(warningsOf(file(rule(when, 'then: reject')))).toEqual([]);
  });
});

describe('an exemption', () => {
  it.each([`fingerprint: ${'a'.repeat(32)}`, 'client: Thunderbird', 'kind: user agent', 'family: NSS, rung: ja3'])(
    'by %s alone exempts whoever shares it',
    (exempted) => {
      const text = (more: string) => file(rule('{}', `unless: [{ port: 1 }, { ${exempted}${more} }], then: log`));
      expect(warningsOf(text(''))).toEqual([expect.stringMatching(/^rules\[0\]\.unless\[1\]: exempts whoever shares/)]);
      expect(warningsOf(text(', network: 192.0.2.0/24'))).toEqual([]);
    },
  );

  it.each([
    ['{ port: [143, 993] }', '{ port: [993, 143, 110] }', true],
    ['{ port: [143, 993] }', '{ port: 143 }', false],
    ['{ user: Root, tls: yes }', '{ user: [root, x] }', true],
    ['{ user: root }', '{ user: root, tls: yes }', false],
    ['{ tls: yes }', '{ tls: no }', false],
    ['{ user: x }', '{}', true],
    ['{ never_succeeded: { failures: 9 } }', '{ never_succeeded: { failures: 5 } }', true],
    ['{ never_succeeded: { failures: 5 } }', '{ never_succeeded: { failures: 9 } }', false],
    [
      '{ logins: { per: user, window: 1m, at_least: 9, times_usual: 3 } }',
      '{ logins: { per: user, window: 60s, at_least: 9 } }',
      true,
    ],
    [
      '{ logins: { per: user, window: 1m, at_least: 9 } }',
      '{ logins: { per: user, window: 1m, at_least: 9, times_usual: 3 } }',
      false,
    ],
    [
      '{ logins: { per: user, window: 1m, at_least: 9 } }',
      '{ logins: { per: address, window: 1m, at_least: 9 } }',
      false,
    ],
    ['{ time: { days: [mon-tue] } }', '{ time: { days: [tue, mon] } }', true],
  ])('%s unless %s: all of it, %s', (when, unless, all) => {
    const never = expect.stringMatching(/^rules\[0\]\.unless\[0\]: exempts all/);
    expect(warningsOf(file(rule(when, `unless: [${unless}], then: log`)))).toEqual(all ? [never] : []);
  });
});

describe('rules together', () => {
  const two = (first: string, second: string) => file(first + second);

  it('have names of their own', () => {
    expect(errorsOf(two(rule('{ port: 1 }'), rule('{ port: 2 }')))).toEqual(['rules[1].name: is the name of rule 1']);
  });

  it.each([
    ['{}', '{ port: 1 }', true],
    ['{ port: [1, 2] }', '{ port: 2, user: x }', true],
    ['{ port: [1, 2] }', '{ port: [2, 3] }', false],
    ['{ port: 1, user: x }', '{ port: 1 }', false],
  ])('%s before %s: never reached %s', (before, behind, never) => {
    const warning = 'rules[1]: is never reached: whatever it is for, rule a before it fits';
    expect(warningsOf(two(rule(before), rule(behind, 'then: log', 'b')))).toEqual(never ? [warning] : []);
    const exempting = rule(before, 'unless: [{ user: nobody }], then: log');
    expect(warningsOf(two(exempting, rule(behind, 'then: log', 'b')))).toEqual([]);
  });
});

describe('what never holds', () => {
  const never = (when: string, key: string, why: string, top = DATABASE) =>
    expect(warningsOf(file(rule(when), top))).toEqual([
      expect.stringMatching(`^rules\\[0\\]\\.when\\.${key}: never holds: .*${why}`),
    ]);

  it.each([
    ['{ has_fingerprint: no, client: x }', 'client', 'needs a hello'],
    ['{ has_fingerprint: no, new_client: no }', 'new_client', 'needs a hello'],
    ['{ has_fingerprint: no, contradiction: yes }', 'contradiction', 'needs a hello'],
    ['{ client: x, rung: [stack, nearest] }', 'client', 'no client'],
    ['{ kind: server, rung: none }', 'kind', 'no client'],
    ['{ family: NSS, rung: none }', 'family', 'no answer'],
    ['{ new_client: no, never_succeeded: { failures: 1 } }', 'never_succeeded', 'has succeeded'],
    ['{ users: { per: [fingerprint, user], window: 1m, at_least: 2 } }', 'users', 'never more than 1'],
    ['{ failed_users: { per: address, window: 1m, at_least: 1001 } }', 'failed_users', 'stands still at 1000'],
  ])('%s', never);

  it.each([
    '{ has_fingerprint: no, contradiction: no, tls: no }',
    '{ client: x, rung: [unordered, nearest] }',
    '{ family: NSS, rung: [stack, none] }',
    '{ users: { per: user, window: 1m, at_least: 1 } }',
    '{ failures: { per: address, window: 1m, at_least: 1001 } }',
    '{ failed_users: { per: address, window: 1m, at_least: 1000 } }',
  ])('%s may', (when) => expect(warningsOf(file(rule(when)))).toEqual([]));

  it.each(['client: x', 'kind: server', 'family: NSS', 'rung: ja3', 'contradiction: yes'])(
    'without names: %s',
    (condition) => {
      never(`{ ${condition} }`, condition.split(':')[0]!, 'not named', `${DATABASE}names: no\n`);
    },
  );

  it('is told of exemptions too', () => {
    const text = file(rule('{}', 'unless: [{ port: 1, client: x, rung: stack }], then: log'));
    expect(warningsOf(text)).toEqual([expect.stringMatching(/^rules\[0\]\.unless\[0\]\.client: never holds/)]);
  });
});

describe('words', () => {
  it.each([
    ['family: OpenSLL', 'family', 'there is no TLS library "OpenSLL"; is OpenSSL meant?'],
    ['family: [NSS, gnu-tls]', 'family[1]', 'there is no TLS library "gnu-tls"; is GnuTLS meant?'],
    ['kind: audit_tool', 'kind', 'there is no kind of labels "audit_tool"; is audit tool meant?'],
    ['kind: malwares', 'kind', 'is malware meant?'],
    ['protocol: managesieve', 'protocol', 'is sieve meant?'],
    ['protocol: [imap, imaps]', 'protocol[1]', 'is imap meant?'],
  ])('%s is a slip', (condition, path, message) => {
    const [error, ...more] = errorsOf(file(rule(`{ ${condition} }`)));
    expect(more).toEqual([]);
    expect(error?.startsWith(`rules[0].when.${path}: `)).toBe(true);
    expect(error).toContain(message);
  });

  it.each(['family: Fizz', 'kind: honeypot', 'protocol: xmpp'])("%s may be somebody's own", (condition) => {
    expect(warningsOf(file(rule(`{ ${condition} }`)))).toEqual([expect.stringContaining('comes with the program')]);
  });

  it.each(['family: [openssl, s2n, Mbed TLS]', 'kind: [User Agent, http]', 'protocol: [IMAP, lmtp]'])(
    '%s are known',
    (condition) => expect(warningsOf(file(rule(`{ ${condition} }`)))).toEqual([]),
  );
});

describe('the rest of a file', () => {
  it('without a database what is known ends with the process: told once', () => {
    const told = expect.stringMatching(/^rules\[1\]\.when: without a database/);
    const live = (name: string) => rule('{ new_client: yes, port: 1 }', 'then: log', name);
    expect(
      warningsOf(file(rule('{ port: 2 }') + live('b') + rule('{ new_network: no }', 'then: log', 'c'), '')),
    ).toEqual([told]);
    expect(warningsOf(file(rule('{ never_succeeded: { failures: 1 } }'), ''))).toHaveLength(1);
    const count = 'logins: { per: user, window: 1m, at_least: 1';
    expect(warningsOf(file(rule(`{ ${count}, times_usual: 2 } }`), ''))).toHaveLength(1);
    expect(warningsOf(file(rule(`{ ${count} } }`), ''))).toEqual([]);
  });

  it('a tarpit longer than the longest', () => {
    const text = (top: string) => file(rule('{}', 'then: { tarpit: 31s }'), DATABASE + top);
    expect(warningsOf(text(''))).toEqual(['rules[0].then.tarpit: is cut to max_tarpit, 30s']);
    expect(warningsOf(text('max_tarpit: 1m\n'))).toEqual([]);
  });

  it('no rules', () => {
    expect(warningsOf('enforce: no\n')).toEqual([expect.stringContaining('has no rules')]);
    expect(warningsOf('rules: []\n')).toEqual([]);
  });

  it('what depends on something wrong is not told again', () => {
    const text = file(
      rule('{ users: { per: address, window: 1m, at_least: 5000 } }'),
      'history: { users_per_count: x }\n',
    );
    expect(policyConfigured(text)).toMatchObject({
      errors: [expect.stringContaining('users_per_count')],
      warnings: [],
    });
    expect(errorsOf(file(rule('{ new_client: yes }'), 'database: 5\n'))).toHaveLength(1);
  });
});
