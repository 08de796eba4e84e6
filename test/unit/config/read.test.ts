import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProxyConfiguration } from '../../../src/config/index.js';
import { Authority } from '../../harness/authority.js';
import { OPENSSL_ABSENT, opensslIsThere } from '../../harness/tls-servers.js';
import { configured, filesOf } from './configured.js';

const samples = fileURLToPath(new URL('../../../samples/config', import.meta.url));

/** `line:column` of where a text has `part` for the last time. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.lastIndexOf(part)).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

const SMALL = `listeners:
  - { protocol: imap, tls: none, cleartext: true, listen: "127.0.0.1:143" }
backends:
  dovecot: { hosts: "127.0.0.1:10143" }
`;

describe('a configuration', () => {
  it('has defaults for all but where', () => {
    const { configuration, warnings } = configured(SMALL);
    expect(warnings).toEqual([]);
    const { options, runtime } = configuration!;
    expect(options).toEqual({
      hostname: hostname(),
      listeners: [
        {
          name: 'imap',
          protocol: 'imap',
          bind: { host: '127.0.0.1', port: 143 },
          tls: 'none',
          mode: 'terminated',
          certificates: null,
          proxyProtocol: null,
          proxyNetworks: [],
          trustedNetworks: [],
          mechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'],
          cleartext: true,
          apop: false,
          keywords: null,
          route: { by: 'static', backend: 'dovecot' },
        },
      ],
      backends: new Map([
        [
          'dovecot',
          {
            name: 'dovecot',
            hosts: [{ host: '127.0.0.1', port: 10143 }],
            tls: 'none',
            verify: { ca: null, serverName: null, insecure: false },
            proxyProtocol: null,
            forward: false,
            forwardFields: [],
            healthInterval: 30_000,
          },
        ],
      ]),
      limits: {
        connections: 10_000,
        connectionsPerAddress: 500,
        loginTimeout: 180_000,
        handshakeTimeout: 30_000,
        connectTimeout: 5000,
        backendTimeout: 60_000,
        maxLine: 16_384,
        maxBytesBeforeLogin: 131_072,
        maxBadCommands: 10,
        maxAttempts: 5,
        drainTimeout: 60_000,
      },
      whenUnrecorded: 'continue',
      openssl: '3.0',
    });
    expect(runtime).toEqual({
      loginLog: null,
      policy: null,
      policyRules: null,
      log: { to: 'stderr' },
      database: null,
      names: true,
      workers: 1,
      user: null,
      group: null,
    });
  });

  it('gives what stands in it', () => {
    const { configuration, errors } = configured(
      `hostname: mx.example.org
listeners:
  - name: in
    protocol: submission
    tls: starttls
    mode: passed_through
    listen: ["192.0.2.1:587", "[2001:db8::1]:587"]
    proxy_protocol: { from: 10.0.0.0/8, required: false }
    trusted_networks: [10.1.0.0/16, 2001:db8::/32]
    keywords: [SIZE 10240000, 8BITMIME]
    route:
      by: sni
      names: { "*.Example.org": a, b.example.org: b }
      otherwise: a
  - protocol: pop3
    tls: none
    cleartext: true
    listen: "127.0.0.1:110"
    mechanisms: [plain, SCRAM-SHA-256]
    route:
      by: user
      rules:
        - { user: Anna@Example.org, backend: a }
        - { domain: Example.NET, backend: b }
        - { pattern: '(a|b)-.*', backend: $1 }
        - { table: sub/users }
backends:
  a: { hosts: ["127.0.0.1:1", "Imap.example.org:2"], tls: starttls, verify: { server_name: x.example }, proxy_protocol: 2, health: none }
  b: { hosts: "[::1]:3", proxy_protocol: 1, health: 5s }
limits: { max_line: 2000, drain_timeout: 0s }
log: logs/logins.json
database: /var/lib/x.db
record: false
names: false
when_unrecorded: refuse
openssl: 3.5
workers: 4
user: mail
group: adm
`,
      { '/etc/sub/users': 'Bert@example.org b\n@example.com a\n' },
    );
    expect(errors).toEqual([]);
    const { options, runtime } = configuration!;
    expect(options.hostname).toBe('mx.example.org');
    expect(options.listeners).toHaveLength(3);
    expect(options.listeners[0]).toMatchObject({
      name: 'in',
      protocol: 'submission',
      tls: 'starttls',
      mode: 'passed_through',
      proxyProtocol: 'optional',
      proxyNetworks: ['10.0.0.0/8'],
      trustedNetworks: ['10.1.0.0/16', '2001:db8::/32'],
      keywords: ['SIZE 10240000', '8BITMIME'],
      mechanisms: [],
      bind: { host: '192.0.2.1', port: 587 },
      route: {
        by: 'sni',
        names: new Map([
          ['*.example.org', 'a'],
          ['b.example.org', 'b'],
        ]),
        otherwise: 'a',
      },
    });
    expect(options.listeners[1]).toEqual({ ...options.listeners[0]!, bind: { host: '2001:db8::1', port: 587 } });
    expect(options.listeners[2]).toMatchObject({
      name: 'pop3',
      mechanisms: ['PLAIN', 'SCRAM-SHA-256'],
      route: {
        by: 'user',
        rules: [
          { match: 'exact', user: 'anna@example.org', backend: 'a' },
          { match: 'domain', domain: 'example.net', backend: 'b' },
          { match: 'pattern', pattern: '(a|b)-.*', backend: '$1' },
          {
            match: 'table',
            backends: new Map([
              ['bert@example.org', 'b'],
              ['@example.com', 'a'],
            ]),
          },
        ],
        otherwise: null,
      },
    });
    expect(options.backends.get('a')).toMatchObject({
      hosts: [
        { host: '127.0.0.1', port: 1 },
        { host: 'imap.example.org', port: 2 },
      ],
      tls: 'starttls',
      verify: { ca: null, serverName: 'x.example', insecure: false },
      proxyProtocol: 2,
      healthInterval: null,
    });
    expect(options.backends.get('b')).toMatchObject({ proxyProtocol: 1, healthInterval: 5000 });
    expect(options.limits).toMatchObject({ maxLine: 2000, drainTimeout: 0 });
    expect(options).toMatchObject({ whenUnrecorded: 'refuse', openssl: '3.5' });
    expect(runtime).toEqual({
      loginLog: null,
      policy: null,
      policyRules: null,
      log: { to: 'file', path: '/etc/logs/logins.json' },
      database: { path: '/var/lib/x.db', record: false },
      names: false,
      workers: 4,
      user: 'mail',
      group: 'adm',
    });
  });

  it('names listeners by protocol and TLS, and never two alike', () => {
    const listener = (port: number, more = '') =>
      `  - { protocol: imap, tls: implicit, mode: passed_through, listen: "127.0.0.1:${port}"${more} }\n`;
    const text = `listeners:\n${listener(1)}${listener(2, ', name: imaps-2')}${listener(3)}backends: { d: { hosts: "127.0.0.1:9" } }\n`;
    const names = configured(text).configuration!.options.listeners.map(({ name }) => name);
    expect(names).toEqual(['imaps', 'imaps-2', 'imaps-3']);
  });

  it('takes sockets of systemd, and leaves them out where a file is only checked', () => {
    const text = SMALL.replace('listen: "127.0.0.1:143"', 'systemd: imap');
    const fds = new Map([['imap', [3, 5]]]);
    const binds = configured(text, {}, { fds }).configuration!.options.listeners.map(({ bind }) => bind);
    expect(binds).toEqual([{ fd: 3 }, { fd: 5 }]);
    expect(configured(text).configuration!.options.listeners).toEqual([]);
    expect(configured(text, {}, { fds: new Map() }).errors).toEqual([
      'proxy.yaml:2:60: listeners[0].systemd: systemd has handed over no socket of this name',
    ]);
  });

  it('may repeat itself by anchors and aliases', () => {
    const text = `listeners:
  - &first { protocol: imap, tls: none, cleartext: true, listen: "127.0.0.1:143" }
backends:
  one: &store { hosts: "127.0.0.1:1", tls: implicit, verify: { ca: no.pem } }
  two: *store
`;
    expect(configured(text).errors).toEqual([
      expect.stringContaining(`proxy.yaml:${placeOf(text, '{ protocol')}: listeners[0]: needs a backend`),
      expect.stringContaining(
        `proxy.yaml:${placeOf(text, 'no.pem')}: backends.one.verify.ca: /etc/no.pem: there is no such file`,
      ),
      expect.stringContaining(
        `proxy.yaml:${placeOf(text, 'no.pem')}: backends.two.verify.ca: /etc/no.pem: there is no such file`,
      ),
    ]);
  });
});

describe.skipIf(!opensslIsThere)(`a configuration with certificates (${OPENSSL_ABSENT})`, () => {
  let pki: Authority;
  let files: Record<string, string>;
  beforeAll(() => {
    pki = new Authority();
    for (const name of ['mail', 'other']) {
      pki.issue(name, { extensions: [`subjectAltName=DNS:${name}.example.org`] });
    }
    const read = (name: string) => pki.read(name);
    files = {
      '/etc/mail.pem': read('mail.pem') + read('intermediate.pem'),
      '/etc/mail.key': read('mail.key'),
      '/etc/other.pem': read('other.key') + read('other.pem') + read('intermediate.pem'),
      '/etc/ca.pem': read('root.pem'),
    };
  });
  afterAll(() => pki.remove());

  const file = (certificates: string, more = '', top = '') => `${top}certificates: ${certificates}
listeners:
  - { protocol: imap, tls: implicit, listen: "127.0.0.1:993"${more} }
  - { protocol: imap, tls: starttls, listen: "127.0.0.1:143" }
backends:
  dovecot: { hosts: "127.0.0.1:1", tls: implicit, verify: { ca: ca.pem } }
`;
  const MAIL = '{ chain: mail.pem, key: mail.key }';

  it('gives each listener its own, or those at the top', () => {
    const more = ', certificates: [{ chain: other.pem }], tls_settings: { min_version: TLSv1.3 }';
    const top = 'tls_settings: { ciphers: ECDHE+AESGCM }\n';
    const { configuration, errors, warnings } = configured(file(`[${MAIL}, { chain: other.pem }]`, more, top), files);
    expect([...errors, ...warnings]).toEqual([]);
    const [own, shared] = configuration!.options.listeners.map(({ certificates }) => certificates!);
    const chain = (name: string) => pki.read(`${name}.pem`) + pki.read('intermediate.pem');
    const other = { names: ['other.example.org'], chain: chain('other'), key: pki.read('other.key') };
    const mail = { names: ['mail.example.org'], chain: chain('mail'), key: pki.read('mail.key') };
    expect(own).toEqual({ entries: [other], minVersion: 'TLSv1.3', ciphers: null });
    expect(shared).toEqual({ entries: [mail, other], minVersion: 'TLSv1.2', ciphers: 'ECDHE+AESGCM' });
    expect(configuration!.options.backends.get('dovecot')!.verify.ca).toBe(pki.read('root.pem'));
  });

  it('tells once what is wrong with those at the top, beside everything else', () => {
    const certificates =
      '[{ chain: mail.pem, key: other.pem }, { chain: none.pem }, { chain: mail.pem, key: none.key }]';
    const text = file(certificates, ', backend: x');
    const { errors } = configured(text, files);
    const starts = [
      `proxy.yaml:${placeOf(text, 'other.pem')}: certificates[0].key: /etc/other.pem: this private key is not that of /etc/mail.pem`,
      `proxy.yaml:${placeOf(text, 'none.pem')}: certificates[1].chain: /etc/none.pem: there is no such file`,
      `proxy.yaml:${placeOf(text, 'none.key')}: certificates[2].key: /etc/none.key: there is no such file`,
      `proxy.yaml:${placeOf(text, 'x }')}: listeners[0].backend: no backend has the name "x"`,
    ];
    expect(errors).toHaveLength(starts.length);
    for (const [i, start] of starts.entries()) expect(errors[i]?.startsWith(start), errors[i]).toBe(true);
  });

  it('tells what OpenSSL does not take', () => {
    const { errors } = configured(file(`[${MAIL}]`, '', 'tls_settings: { ciphers: NONSENSE }\n'), files);
    expect(errors).toEqual([
      expect.stringMatching(/^proxy\.yaml:1:26: tls_settings\.ciphers: OpenSSL does not take it/),
    ]);
  });

  it('warns of dates and of names given twice', () => {
    const now = Date.now() + 11 * 86_400_000;
    const twice = file(`[${MAIL}, ${MAIL}]`);
    expect(configured(twice, files).warnings).toEqual([
      `proxy.yaml:${placeOf(twice, MAIL)}: warning: certificates[1]: mail.example.org has a certificate before this one, which is the one used`,
    ]);
    expect(configured(file(`[${MAIL}]`), files, { now }).warnings[0]).toMatch(
      /^proxy\.yaml:1:16: warning: certificates\[0\]: \/etc\/mail\.pem: the certificate expired on /,
    );
  });

  const yaml = readdirSync(samples).filter((name) => name.endsWith('.yaml') && name !== 'policy.yaml');
  it.each(yaml)('samples/config/%s has no mistake', (name) => {
    const letsEncrypt = '/etc/letsencrypt/live/mail.example.org';
    const readFile = filesOf({
      [`${letsEncrypt}/fullchain.pem`]: files['/etc/mail.pem']!,
      [`${letsEncrypt}/privkey.pem`]: files['/etc/mail.key']!,
      '/etc/ja3-sensor/internal-ca.pem': files['/etc/ca.pem']!,
      '/s/internal-ca.pem': files['/etc/ca.pem']!,
      ...Object.fromEntries(
        readdirSync(samples).map((each) => [`/s/${each}`, readFileSync(join(samples, each), 'utf8')]),
      ),
    });
    const { options, warnings } = readProxyConfiguration(`/s/${name}`, { readFile });
    expect(options.hostname).toBe('mail.example.org');
    expect(options.listeners.length).toBeGreaterThan(0);
    // What passed-through backends are warned of, once each, cannot be told from their file alone.
    const unexpected = warnings.filter(({ message }) => !message.includes('by PROXY header only'));
    expect(unexpected).toEqual([]);
    expect(warnings.length > 0).toBe(options.listeners.some(({ mode }) => mode === 'passed_through'));
  });
});
