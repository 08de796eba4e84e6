import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPolicyConfiguration, readPolicyRules } from '../../../../src/config/index.js';
import type { Rule, RuleAction } from '../../../../src/policy/index.js';
import { Authority } from '../../../harness/authority.js';
import { OPENSSL_ABSENT, opensslIsThere } from '../../../harness/tls-servers.js';
import { filesOf, policyConfigured } from '../configured.js';

const SMALL = 'rules:\n  - { name: all, then: log }\n';

// biome-ignore lint/suspicious/noThenProperty: the word that rules have for it, and never a function
const doing = (action: RuleAction): Pick<Rule, 'then'> => ({ then: action });

/** The rules of a file that must be right. */
const rulesOf = (text: string) => {
  const { configuration, errors } = policyConfigured(text);
  expect(errors).toEqual([]);
  return configuration!.decision.rules;
};

describe('a policy file', () => {
  it('has defaults for all but its rules', () => {
    const { configuration, warnings } = policyConfigured(SMALL);
    expect(warnings).toEqual([]);
    expect(configuration).toEqual({
      decision: {
        rules: [{ name: 'all', when: {}, unless: [], ...doing({ action: 'log' }), enforce: false }],
        learning: { logins: 5, days: 14 },
        maxTarpit: 30,
        limits: {
          users: 500_000,
          clientsPerUser: 16,
          networksPerUser: 32,
          devices: 100_000,
          keysPerCounter: 50_000,
          usersPerCount: 1000,
          days: 180,
        },
      },
      server: {
        listen: [{ host: '127.0.0.1', port: 8084 }],
        tls: null,
        networks: ['127.0.0.0/8', '::1'],
        ask: { password: null, apiKey: null },
        manage: { password: null, apiKey: null },
        rate: { perSecond: 10_000, burst: 20_000 },
      },
      runtime: { log: { to: 'stderr' }, database: null, names: true, user: null, group: null },
      warnings: [],
    });
  });

  it('gives what stands in it', () => {
    const { configuration, errors, warnings } = policyConfigured(
      `listen: ["127.0.0.1:0", "[::1]:8085"]
networks: 127.0.0.1
ask: { password: s3cret, api_key_file: ask.key }
manage: { api_key: other }
rate: { per_second: 5, burst: 6 }
database: db/policy.db
log: verdicts.json
names: no
user: mail
group: adm
max_tarpit: 1m
learning: { logins: 0, days: 1 }
history: { users: 1, clients_per_user: 2, networks_per_user: 3, devices: 4, keys_per_counter: 5, users_per_count: 6, days: 7 }
rules: [{ name: a, then: reject }]
enforce: yes
`,
      { '/etc/ask.key': '  from-a-file\n' },
    );
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('rules[0].then: refuses every login')]);
    expect(configuration!.server).toEqual({
      listen: [
        { host: '127.0.0.1', port: 0 },
        { host: '::1', port: 8085 },
      ],
      tls: null,
      networks: ['127.0.0.1'],
      ask: { password: 's3cret', apiKey: 'from-a-file' },
      manage: { password: null, apiKey: 'other' },
      rate: { perSecond: 5, burst: 6 },
    });
    expect(configuration!.runtime).toEqual({
      log: { to: 'file', path: '/etc/verdicts.json' },
      database: '/etc/db/policy.db',
      names: false,
      user: 'mail',
      group: 'adm',
    });
    const { rules, ...rest } = configuration!.decision;
    expect(rules[0]).toMatchObject({ ...doing({ action: 'reject', message: null }), enforce: true });
    expect(rest).toEqual({
      learning: { logins: 0, days: 1 },
      maxTarpit: 60,
      limits: {
        users: 1,
        clientsPerUser: 2,
        networksPerUser: 3,
        devices: 4,
        keysPerCounter: 5,
        usersPerCount: 6,
        days: 7,
      },
    });
  });

  it('gives every condition in the words of the rules', () => {
    const [rule] = rulesOf(`database: x.db
rules:
  - name: every-one
    when:
      fingerprint: [B7E9D913D85C071F5B806D59601E9B96, t13d1516h2_8daaf6152771_e5627efa2ab1]
      client: ["*bird*", Mutt]
      family: nss
      rung: [ja3, unordered]
      kind: [user agent, audit tool]
      has_fingerprint: true
      user: "*@example.org"
      network: [192.0.2.0/24, 2001:db8::1]
      protocol: [IMAP, sieve]
      port: [993, 4190]
      sni: [none, "*.example.org"]
      mechanism: [plain, XOAUTH2]
      tls: yes
      tls_version: TLSv1.2
      time: { days: [fri-mon, wed], between: 22:00-06:30, utc_offset: "-03:30" }
      contradiction: no
      new_client: yes
      new_network: no
      never_succeeded: { failures: 3 }
      users: { per: [network, fingerprint], window: 10s, at_least: 2 }
      failed_users: { per: fingerprint, window: 7d, at_least: 15, times_usual: 2.5 }
      failures:
        - { per: address, window: 1h, at_least: 10 }
        - { per: user, window: 90s, at_least: 10, times_usual: 4 }
      logins: [{ per: [user, address], window: 1m, at_least: 100 }]
    unless: [{ port: 143 }, { user: root, tls: false }]
    then: { tarpit: 5s }
    enforce: yes
`);
    expect(rule).toEqual({
      name: 'every-one',
      when: {
        fingerprint: ['b7e9d913d85c071f5b806d59601e9b96', 't13d1516h2_8daaf6152771_e5627efa2ab1'],
        client: ['*bird*', 'Mutt'],
        family: ['nss'],
        rung: ['ja3', 'unordered'],
        kind: ['user agent', 'audit tool'],
        hasFingerprint: true,
        user: ['*@example.org'],
        network: ['192.0.2.0/24', '2001:db8::1'],
        protocol: ['imap', 'sieve'],
        port: [993, 4190],
        sni: [null, '*.example.org'],
        mechanism: ['PLAIN', 'XOAUTH2'],
        tls: true,
        tlsVersion: ['TLSv1.2'],
        time: { days: [0, 1, 3, 5, 6], between: { from: 1320, to: 390 }, utcOffset: -210 },
        contradiction: false,
        newClient: true,
        newNetwork: false,
        neverSucceeded: { failures: 3 },
        counts: [
          { count: 'users', per: ['fingerprint', 'network'], window: 10, atLeast: 2, timesUsual: null },
          { count: 'failed_users', per: ['fingerprint'], window: 604_800, atLeast: 15, timesUsual: 2.5 },
          { count: 'failures', per: ['address'], window: 3600, atLeast: 10, timesUsual: null },
          { count: 'failures', per: ['user'], window: 90, atLeast: 10, timesUsual: 4 },
          { count: 'logins', per: ['address', 'user'], window: 60, atLeast: 100, timesUsual: null },
        ],
      },
      unless: [{ port: [143] }, { user: ['root'], tls: false }],
      ...doing({ action: 'tarpit', seconds: 5 }),
      enforce: true,
    });
  });

  it.each([
    ['log', { action: 'log' }],
    ['reject', { action: 'reject', message: null }],
    ['{ reject: "Not now, please" }', { action: 'reject', message: 'Not now, please' }],
    ['{ tarpit: 2m }', { action: 'tarpit', seconds: 120 }],
  ])('then: %s', (then, action) => {
    expect(rulesOf(`rules: [{ name: a, when: { port: 1 }, then: ${then} }]\n`)[0]!.then).toEqual(action);
  });

  it.each([
    ['', '', false],
    ['enforce: yes\n', '', true],
    ['enforce: true\n', ', enforce: no', false],
    ['enforce: no\n', ', enforce: yes', true],
  ])('is enforced as %j and the rule with %j say', (top, more, enforce) => {
    expect(rulesOf(`${top}rules: [{ name: a, then: log${more} }]\n`)[0]!.enforce).toBe(enforce);
  });

  it.each([
    ['{ days: [mon] }', { days: [1], between: null, utcOffset: 0 }],
    ['{ days: [sat-sun, Sun] }', { days: [0, 6], between: null, utcOffset: 0 }],
    ['{ days: [mon-sun] }', { days: [0, 1, 2, 3, 4, 5, 6], between: null, utcOffset: 0 }],
    ['{ between: 8:00-24:00, utc_offset: "+14:00" }', { days: [], between: { from: 480, to: 1440 }, utcOffset: 840 }],
    ['{ between: 00:00-00:01, utc_offset: "-00:00" }', { days: [], between: { from: 0, to: 1 }, utcOffset: 0 }],
  ])('time: %s', (time, expected) => {
    expect(rulesOf(`rules: [{ name: a, when: { time: ${time} }, then: log }]\n`)[0]!.when.time).toEqual(expected);
  });
});

describe('the rules alone', () => {
  const text = `${SMALL}listen: 0.0.0.0:1\ntls: { chain: nowhere.pem }\nask: { password_file: nowhere }\nuser: nobody\n`;
  const readFile = filesOf({ '/etc/policy.yaml': text });

  it('are read without anything of the server', () => {
    expect(readPolicyRules('/etc/policy.yaml', { readFile }).decision.rules).toHaveLength(1);
    expect(() => readPolicyConfiguration('/etc/policy.yaml', { readFile })).toThrow('/etc/nowhere.pem');
  });

  it('are held against who goes by them', () => {
    const rules = 'rules: [{ name: a, when: { new_client: yes, family: NSS }, then: log }]\n';
    const read = (options: { database?: boolean; names?: boolean }) =>
      readPolicyRules('/r', { ...options, readFile: filesOf({ '/r': rules }) }).warnings.map(({ message }) => message);
    expect(read({})).toEqual([]);
    expect(read({ database: false })).toEqual([expect.stringContaining('without a database')]);
    expect(read({ names: false })).toEqual([expect.stringContaining('not named')]);
  });
});

describe('samples/config/policy.yaml', () => {
  const path = fileURLToPath(new URL('../../../../samples/config/policy.yaml', import.meta.url));
  const { decision, server, warnings } = readPolicyConfiguration(path, {
    readFile: () => ({ text: readFileSync(path, 'utf8'), mode: 0o100600 }),
  });

  it('has no mistake, and holds nobody up', () => {
    expect(warnings).toEqual([]);
    expect(decision.rules.length).toBeGreaterThan(5);
    expect(decision.rules.filter(({ enforce }) => enforce)).toEqual([]);
    expect(server.listen).toEqual([{ host: '127.0.0.1', port: 8084 }]);
  });
});

describe.skipIf(!opensslIsThere)(`a policy server with TLS (${OPENSSL_ABSENT})`, () => {
  let pki: Authority;
  let files: Record<string, string>;
  beforeAll(() => {
    pki = new Authority();
    for (const name of ['mail', 'other']) pki.issue(name, { extensions: [`subjectAltName=DNS:${name}.example.org`] });
    files = {
      '/etc/chain.pem': pki.read('mail.pem') + pki.read('intermediate.pem'),
      '/etc/mail.key': pki.read('mail.key'),
      '/etc/other.key': pki.read('other.key'),
      '/etc/whole.pem': pki.read('mail.key') + pki.read('mail.pem') + pki.read('intermediate.pem'),
    };
  });
  afterAll(() => pki.remove());

  const far = (tls: string) =>
    `${SMALL}listen: 0.0.0.0:8084\ntls: ${tls}\nnetworks: 192.0.2.0/24\nask: { password: a }\nmanage: { password: b }\n`;

  it.each(['{ chain: chain.pem, key: mail.key }', '{ chain: whole.pem }'])('%s', (tls) => {
    const { configuration, errors, warnings } = policyConfigured(far(tls), files);
    expect([...errors, ...warnings]).toEqual([]);
    expect(configuration!.server.tls).toEqual({
      certificate: pki.read('mail.pem') + pki.read('intermediate.pem'),
      key: pki.read('mail.key'),
    });
  });

  it('whose key is another is refused, where the key stands', () => {
    expect(policyConfigured(far('{ chain: chain.pem, key: other.key }'), files).errors).toEqual([
      expect.stringMatching(/^policy\.yaml:4:31: tls\.key: \/etc\/other\.key: this private key is not that of/),
    ]);
  });

  it('is warned of a certificate that has run out, and of a key that all may read', () => {
    const now = Date.now() + 11 * 86_400_000;
    const { warnings } = policyConfigured(far('{ chain: whole.pem }'), files, { now, mode: 0o100644 });
    expect(warnings).toEqual([
      expect.stringContaining('tls: /etc/whole.pem: the certificate expired on'),
      expect.stringContaining('tls: /etc/whole.pem: certificate 2 of the chain expired on'),
      expect.stringContaining('tls: /etc/whole.pem: every user of this machine may read the private key'),
      expect.stringContaining('ask.password: every user of this machine may read this secret'),
      expect.stringContaining('manage.password: every user of this machine may read this secret'),
    ]);
  });
});
