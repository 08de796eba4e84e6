import { describe, expect, it } from 'vitest';
import { configured } from './configured.js';

/** A listener that needs no certificate. */
const passed = (more = '', listen = '127.0.0.1:993') =>
  `  - { protocol: imap, tls: implicit, mode: passed_through, listen: "${listen}"${more} }\n`;
/** One that is in clear, on loopback. */
const clear = (more = '', protocol = 'imap') =>
  `  - { protocol: ${protocol}, tls: none, cleartext: true, listen: "127.0.0.1:0"${more} }\n`;
const file = (listeners: string, backends = '  dovecot: { hosts: "127.0.0.1:10143" }\n', more = '') =>
  `${more}listeners:\n${listeners}backends:\n${backends}`;

/** Without line and column, which other tests hold. */
const plain = (lines: readonly string[]) => lines.map((line) => line.replace(/^proxy\.yaml:\d+:\d+: /, ''));
const errorsOf = (text: string, files: Readonly<Record<string, string>> = {}) => plain(configured(text, files).errors);
const warningsOf = (text: string) => {
  const { errors, warnings } = configured(text);
  expect(errors).toEqual([]);
  return plain(warnings);
};
const found = (path: string, part: string): unknown =>
  expect.stringMatching(new RegExp(`^(?:warning: )?${escaped(path)}: .*${escaped(part)}`));
const escaped = (text: string) => text.replace(/[[\].+*?$(){}|^\\]/g, '\\$&');

describe('errors of sense', () => {
  it.each([
    [
      'no listen',
      file('  - { protocol: imap, tls: none, cleartext: true }\n'),
      'listeners[0]',
      'needs listen or systemd',
    ],
    ['both', file(clear(', systemd: imap')), 'listeners[0].systemd', 'exclude each other'],
    [
      'no backend of several',
      file(clear(), '  a: { hosts: "127.0.0.1:1" }\n  b: { hosts: "127.0.0.1:2" }\n'),
      'listeners[0]',
      'needs a backend',
    ],
    ['an undeclared backend', file(clear(', backend: dovecto')), 'listeners[0].backend', 'is dovecot meant?'],
    [
      'backend and route',
      file(clear(', backend: dovecot, route: { by: user, rules: [{ domain: a.example, backend: dovecot }] }')),
      'listeners[0].backend',
      'exclude',
    ],
    [
      'nobody could log in',
      file('  - { protocol: imap, tls: none, listen: "127.0.0.1:143" }\n'),
      'listeners[0].tls',
      'nobody could log in',
    ],
    [
      'nothing to pass through',
      file('  - { protocol: imap, tls: none, mode: passed_through, listen: "127.0.0.1:143" }\n'),
      'listeners[0].mode',
      'none to pass through',
    ],
    [
      'no certificates',
      file('  - { protocol: imap, tls: starttls, listen: "127.0.0.1:143" }\n'),
      'listeners[0]',
      'certificates are needed',
    ],
    [
      'passed through by user',
      file(passed(', route: { by: user, rules: [{ user: a, backend: dovecot }] }')),
      'listeners[0].route.by',
      'not seen',
    ],
    [
      'server names without TLS',
      file(clear(', route: { by: sni, names: { a.example: dovecot } }')),
      'listeners[0].route.by',
      'no server name',
    ],
    ['APOP elsewhere', file(clear(', apop: true')), 'listeners[0].apop', 'only POP3'],
    [
      'APOP by user',
      file(clear(', apop: true, route: { by: user, rules: [{ user: a, backend: dovecot }] }', 'pop3')),
      'listeners[0].apop',
      'one backend for all',
    ],
    [
      'CRAM-MD5 by user',
      file(clear(', mechanisms: [PLAIN, cram-md5], route: { by: user, rules: [{ user: a, backend: dovecot }] }')),
      'listeners[0].mechanisms[1]',
      'one backend for all',
    ],
    [
      'a rule of two kinds',
      file(clear(', route: { by: user, rules: [{ user: a, domain: b, backend: dovecot }] }')),
      'listeners[0].route.rules[0]',
      'not user and domain',
    ],
    [
      'a rule of none',
      file(clear(', route: { by: user, rules: [{ backend: dovecot }] }')),
      'listeners[0].route.rules[0]',
      'not none',
    ],
    [
      'a rule without a backend',
      file(clear(', route: { by: user, rules: [{ user: a }] }')),
      'listeners[0].route.rules[0]',
      'backend',
    ],
    [
      'a pattern that is none',
      file(clear(", route: { by: user, rules: [{ pattern: '(', backend: dovecot }] }")),
      'listeners[0].route.rules[0].pattern',
      'pattern',
    ],
    [
      'a pattern RE2 has not',
      file(clear(", route: { by: user, rules: [{ pattern: '(?=a)b', backend: dovecot }] }")),
      'listeners[0].route.rules[0].pattern',
      'pattern',
    ],
    [
      'a capture that is none',
      file(clear(", route: { by: user, rules: [{ pattern: '(a)', backend: b$2 }] }")),
      'listeners[0].route.rules[0].backend',
      'no capture',
    ],
    [
      'a table that is not there',
      file(clear(', route: { by: user, rules: [{ table: users }] }')),
      'listeners[0].route.rules[0].table',
      '/etc/users: there is no such file',
    ],
    [
      'an undeclared way out',
      file(clear(', route: { by: user, rules: [{ user: a, backend: dovecot }], otherwise: x }')),
      'listeners[0].route.otherwise',
      'no backend has the name',
    ],
    [
      'forward passed through',
      file(passed(), '  dovecot: { hosts: "127.0.0.1:1", forward: [] }\n'),
      'backends.dovecot.forward',
      'nothing can be forwarded',
    ],
    [
      'an authority that is not there',
      file(clear(), '  dovecot: { hosts: "127.0.0.1:1", tls: implicit, verify: { ca: ca.pem } }\n'),
      'backends.dovecot.verify.ca',
      '/etc/ca.pem: there is no such file',
    ],
    [
      'itself behind it',
      file(passed(), '  dovecot: { hosts: "127.0.0.1:993" }\n'),
      'backends.dovecot.hosts[0]',
      'itself listens',
    ],
    [
      'itself behind every address',
      file(passed('', '[::]:993'), '  dovecot: { hosts: "[::1]:993" }\n'),
      'backends.dovecot.hosts[0]',
      'itself listens',
    ],
    ['record without a database', file(clear(), undefined, 'record: true\n'), 'record', 'no database'],
    ['a group alone', file(clear(), undefined, 'group: mail\n'), 'group', 'user'],
    [
      'a line larger than all',
      file(clear(), undefined, 'limits: { max_line: 64KiB, max_bytes_before_login: 32KiB }\n'),
      'limits.max_bytes_before_login',
      'max_line',
    ],
    ['one name twice', file(clear(', name: a') + clear(', name: a')), 'listeners[1].name', 'listener 1'],
    [
      'a host name twice',
      file(passed(', route: { by: sni, names: { a.example: dovecot, A.example: dovecot } }')),
      'listeners[0].route.names["A.example"]',
      'before',
    ],
  ])('%s', (_, text, path, message) => {
    expect(errorsOf(text)).toEqual([found(path, message)]);
  });

  it.each([
    ['127.0.0.1:993', '127.0.0.1:993'],
    ['0.0.0.0:993', '127.0.0.1:993'],
    ['[::1]:993', '[0:0:0:0:0:0:0:1]:993'],
    ['[2001:db8::1]:993', '[::]:993'],
  ])('%s and %s cannot both be bound', (one, other) => {
    const text = file(passed('', one) + passed('', other));
    expect(errorsOf(text)).toEqual([found('listeners[1].listen[0]', 'is taken by')]);
  });

  it.each([
    ['0.0.0.0:993', '[::]:993'],
    ['127.0.0.1:993', '127.0.0.2:993'],
    ['127.0.0.1:993', '127.0.0.1:995'],
    ['127.0.0.1:0', '127.0.0.1:0'],
  ])('%s and %s can', (one, other) => {
    expect(errorsOf(file(passed('', one) + passed('', other)))).toEqual([]);
  });

  it('a table has its line told, and its backends must be declared', () => {
    const text = file(
      clear(', route: { by: user, rules: [{ table: t }] }') + clear(', route: { by: user, rules: [{ table: t }] }'),
    );
    const expected = (part: string) => [0, 1].map((i) => found(`listeners[${i}].route.rules[0].table`, part));
    expect(errorsOf(text, { '/etc/t': 'anna dovecot\nbert\n' })).toEqual(expected('/etc/t: line 2 '));
    expect(errorsOf(text, { '/etc/t': 'anna dovecot\nbert other\n' })).toEqual(expected('"other"'));
    expect(errorsOf(text, { '/etc/t': '# users\nanna dovecot\n@example.org dovecot\n' })).toEqual([]);
  });

  it('what depends on something wrong is not told again', () => {
    const { errors } = configured(file(clear(', backend: dovecot'), '  dovecot: { hosts: "nowhere" }\n'));
    expect(errors).toHaveLength(1);
    const wrong = configured(
      file('  - { protocol: imap, tls: implicit, listen: "127.0.0.1:1" }\n', undefined, 'certificates: {}\n'),
    );
    expect(wrong.errors).toEqual([expect.stringContaining('certificates: expected a list')]);
  });
});

describe('warnings', () => {
  const REMINDER = found(
    'backends.dovecot',
    'by PROXY header only (Dovecot: haproxy_trusted_networks, never login_trusted_networks)',
  );
  const headed = '  dovecot: { hosts: "127.0.0.1:1", proxy_protocol: 2 }\n';

  it('none for what is as it should be', () => {
    expect(warningsOf(file(clear()))).toEqual([]);
  });

  it('a passed-through backend is to trust by PROXY header only', () => {
    expect(warningsOf(file(passed(), headed))).toEqual([REMINDER]);
  });

  it('without a PROXY header it sees the address of the proxy', () => {
    expect(warningsOf(file(passed()))).toEqual([found('backends.dovecot', 'address of this proxy'), REMINDER]);
  });

  it('one backend both forwarded to and passed through to', () => {
    const backends = '  dovecot: { hosts: "127.0.0.1:1", proxy_protocol: 2, forward: [] }\n';
    expect(warningsOf(file(passed() + clear(), backends))).toEqual([
      REMINDER,
      found('backends.dovecot.forward', 'forge'),
      found('backends.dovecot.forward', 'leave one of the two out'),
    ]);
  });

  it('told by PROXY header and by XCLIENT, of which Dovecot takes one', () => {
    const backends = '  dovecot: { hosts: "127.0.0.1:1", proxy_protocol: 1, forward: [] }\n';
    expect(warningsOf(file(clear(), backends))).toEqual([
      found('backends.dovecot.forward', 'leave one of the two out'),
    ]);
  });

  it('a submission server that is told nothing, where its clients could say XCLIENT', () => {
    const clear587 = clear().replace('protocol: imap', 'protocol: submission');
    expect(clear587).toContain('submission');
    expect(warningsOf(file(clear587))).toEqual([found('backends.dovecot', 'XCLIENT')]);
    for (const key of ['forward: []', 'proxy_protocol: 2']) {
      expect(warningsOf(file(clear587, `  dovecot: { hosts: "127.0.0.1:1", ${key} }\n`))).toEqual([]);
    }
  });

  it('two backends on one host, reached in both ways', () => {
    const backends = `${headed}  told: { hosts: "127.0.0.1:2", forward: [] }\n`;
    const text = file(passed(', backend: dovecot') + clear(', backend: told'), backends);
    expect(warningsOf(text)).toEqual([REMINDER, found('backends.told.forward', 'backend dovecot has the same host')]);
  });

  it.each([
    [
      'cleartext elsewhere',
      file('  - { protocol: imap, tls: none, cleartext: true, listen: "192.0.2.1:143" }\n'),
      'listeners[0].cleartext',
      'in clear',
    ],
    [
      'cleartext everywhere',
      file('  - { protocol: imap, tls: none, cleartext: true, listen: ["127.0.0.1:143", "[::]:143"] }\n'),
      'listeners[0].cleartext',
      'in clear',
    ],
    [
      'a link in clear',
      file(clear(), '  dovecot: { hosts: ["127.0.0.1:1", "imap.example.org:143"] }\n'),
      'backends.dovecot.hosts[1]',
      'in clear',
    ],
    [
      'any certificate',
      file(clear(), '  dovecot: { hosts: "192.0.2.1:993", tls: implicit, verify: { insecure: true } }\n'),
      'backends.dovecot.verify.insecure',
      'gets the passwords',
    ],
    [
      'nothing to verify',
      file(clear(), '  dovecot: { hosts: "127.0.0.1:1", verify: { server_name: a.example } }\n'),
      'backends.dovecot.verify',
      'no effect',
    ],
    [
      'a backend nobody reaches',
      file(clear(', backend: dovecot'), '  dovecot: { hosts: "127.0.0.1:1" }\n  other: { hosts: "127.0.0.1:2" }\n'),
      'backends.other',
      'no listener',
    ],
    ['everybody is trusted', file(clear(', trusted_networks: ["::/0"]')), 'listeners[0].trusted_networks', 'everybody'],
    [
      'everybody sends headers',
      file(clear(', proxy_protocol: { from: 0.0.0.0/0 }')),
      'listeners[0].proxy_protocol',
      'everybody',
    ],
    [
      'a pattern that leads nowhere',
      file(clear(", route: { by: user, rules: [{ pattern: '(.*)', backend: store$1 }], otherwise: dovecot }")),
      'listeners[0].route.rules[0].backend',
      'no backend',
    ],
    [
      'less time than its part',
      file(clear(), undefined, 'limits: { login_timeout: 10s }\n'),
      'limits.login_timeout',
      'handshake_timeout',
    ],
  ])('%s', (_, text, path, message) => {
    expect(warningsOf(text)).toEqual([found(path, message)]);
  });

  it('what has no effect where TLS is passed through', () => {
    const more =
      ', mechanisms: [PLAIN], cleartext: false, apop: false, tls_settings: {}, certificates: [{ chain: /x }]';
    const backends =
      '  dovecot: { hosts: "127.0.0.1:1", proxy_protocol: 1, tls: implicit, verify: { insecure: true } }\n';
    const paths = warningsOf(file(passed(more), backends)).map((line) => line.slice('warning: '.length).split(': ')[0]);
    expect(new Set(paths)).toEqual(
      new Set([
        'backends.dovecot',
        'backends.dovecot.tls',
        'backends.dovecot.verify',
        ...['apop', 'certificates', 'cleartext', 'mechanisms', 'tls_settings'].map((key) => `listeners[0].${key}`),
      ]),
    );
  });

  it('TLS that clients do not expect on a port', () => {
    const text = file(passed('', '127.0.0.1:143'), headed);
    expect(warningsOf(text)).toEqual([found('listeners[0].tls', 'starttls TLS on port 143'), REMINDER]);
  });
});

describe('login_log and policy', () => {
  const more = (text: string) => `${file(clear())}${text}`;
  const policy = (keys: string) => more(`policy: { server: "http://127.0.0.1:8084/", nonce: n${keys} }\n`);

  it('may be there', () => {
    expect(warningsOf(more('login_log: { to: stderr, style: "2.3" }\n'))).toEqual([]);
    expect(warningsOf(policy(', attributes: { "attrs/sni": "%{sni}", device_id: "" }'))).toEqual([]);
  });

  it.each([
    ['nowhere to write to', more('login_log: { style: "2.3" }\n'), 'login_log', 'one of to and syslog'],
    ['two places', more('login_log: { to: stderr, syslog: { server: "127.0.0.1:514" } }\n'), 'login_log', 'one of to'],
    ['an unknown variable', more('login_log: { to: stderr, elements: "u=%{usr}" }\n'), 'login_log.elements', 'usr'],
    ['an unknown template', policy(', attributes: { x: "%{nonsense}" }'), 'policy', 'nonsense'],
    ['no URL', more('policy: { server: "ftp://x/", nonce: n }\n'), 'policy.server', 'URL'],
  ])('%s is wrong', (_, text, path, message) => {
    expect(errorsOf(text)).toEqual([found(path, message)]);
  });

  it.each([
    ['neither server nor rules', more('policy: { nonce: n }\n'), 'policy', 'needs server, or rules'],
    ['no nonce', more('policy: { server: "http://127.0.0.1:8084/" }\n'), 'policy', 'is missing its nonce'],
  ])('%s is wrong', (_, text, path, message) => {
    expect(errorsOf(text)).toEqual([found(path, message)]);
  });

  it('a policy server elsewhere should have TLS', () => {
    const text = more('policy: { server: "http://192.0.2.1:8084/", nonce: n }\n');
    expect(warningsOf(text)).toEqual([found('policy.server', 'in clear')]);
  });
});
