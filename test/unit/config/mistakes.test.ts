import { describe, expect, it } from 'vitest';
import { ConfigurationError, readProxyConfiguration } from '../../../src/config/index.js';
import { configured, filesOf } from './configured.js';

const BACKENDS = 'backends: { dovecot: { hosts: "127.0.0.1:10143" } }';
const passed = (more = '') => `{ protocol: imap, tls: implicit, mode: passed_through, listen: "127.0.0.1:993"${more} }`;

describe('mistakes in a configuration', () => {
  it('are all told at once, in the order of the file, each with its place', () => {
    const { errors } = configured(`hostnam: mail.example.org
listeners:
  - protocol: imap
    listen: ["0.0.0.0:993", "localhost:99"]
    tls: ssl
    cleartext: on
  - tls: implicit
    listen: 0.0.0.0:995
    proxy-protocol: {}
  - protocol: imap
    tls: implicit
    mode: passed_through
    listen: 127.0.0.1:994
    backend: dovcot
  - protocol: imap
    tls: implicit
    mode: passed_through
    listen: 127.0.0.1:995
    route: { by: usr }
backends:
  dovecot: { hosts: ["127.0.0.1:10143"], forward: [ja5] }
  "dove cot": { hosts: "127.0.0.1:1" }
limits:
  connections: 0
  login_timeout: 30
openssl: 3.1
`);
    expect(errors).toEqual([
      'proxy.yaml:1:1: hostnam: no such key; is hostname meant?',
      'proxy.yaml:4:29: listeners[0].listen[1]: expected an address with its port such as "0.0.0.0:993" or "[::]:993", not "localhost:99"',
      'proxy.yaml:5:10: listeners[0].tls: expected implicit, starttls or none, not "ssl"',
      'proxy.yaml:6:16: listeners[0].cleartext: expected true or false, not "on"',
      'proxy.yaml:7:5: listeners[1].protocol: is missing; expected imap, pop3, submission, smtp or sieve',
      'proxy.yaml:9:5: listeners[1].proxy-protocol: no such key; is proxy_protocol meant?',
      'proxy.yaml:14:14: listeners[2].backend: no backend has the name "dovcot"; is dovecot meant?',
      'proxy.yaml:19:18: listeners[3].route.by: expected sni or user, not "usr"',
      expect.stringMatching(/^proxy\.yaml:21:52: backends\.dovecot\.forward\[0\]: expected ssl_ja3, .* not "ja5"$/),
      expect.stringMatching(/^proxy\.yaml:22:3: backends\["dove cot"\]: expected a backend's name .* not "dove cot"$/),
      'proxy.yaml:24:16: limits.connections: expected a number from 1 to 1000000, not 0',
      'proxy.yaml:25:18: limits.login_timeout: expected a time from 1s to 1h with its unit (ms, s, m, h, d), not 30',
      'proxy.yaml:26:10: openssl: expected 3.0 or 3.5, not "3.1"',
    ]);
  });

  it.each([
    ['', 'expected a mapping, not nothing'],
    ['# nothing\n', 'expected a mapping, not nothing'],
    ['- a\n', 'expected a mapping, not a list'],
    ['proxy\n', 'expected a mapping, not "proxy"'],
  ])('a file of another shape: %j', (text, message) => {
    expect(configured(text).errors).toEqual([expect.stringContaining(message)]);
  });

  it('what is missing is told where it should be', () => {
    expect(configured('hostname: a.example\n').errors).toEqual([
      'proxy.yaml:1:1: listeners: is missing; expected a list of listeners',
      'proxy.yaml:1:1: backends: is missing; expected backends by their names',
    ]);
    expect(configured(`listeners: []\n${BACKENDS}`).errors).toEqual([
      'proxy.yaml:1:12: listeners: expected at least one listener, not an empty list',
    ]);
  });

  it.each([
    ['a tab', 'limits:\n\tconnections: 1', 2, 'a tab'],
    ['a key twice', `${BACKENDS}\nlog: stdout\nlog: stderr`, 3, 'given before'],
    ['an open bracket', 'listeners: [', 1, 'missing'],
    ['two documents', `${BACKENDS}\n---\nlog: stdout`, 2, 'second document'],
    ['an alias of nothing', 'listeners: *nobody', 1, 'anchor'],
    ['a tag', 'log: !file stdout', 1, 'tags'],
    ['a list as a key', '? [a]\n: b', 1, 'key'],
    ['depth', `log: ${'['.repeat(20_000)}`, 1, ''],
  ])('YAML with %s', (_, text, line, message) => {
    const { errors } = configured(text);
    expect(errors[0]).toMatch(new RegExp(`^proxy\\.yaml:${line}:\\d+: .*${message}`));
  });

  it('aliases of aliases are refused, not resolved', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`);
    const { errors } = configured(`a0: &a0 [x, x]\n${levels.join('\n')}\n`);
    expect(errors).toEqual([expect.stringContaining('aliases')]);
  });

  it('never show a secret, wherever it stands', () => {
    const secret = 'hunter2hunter2';
    const texts = [
      `password: ${secret}`,
      `${secret}\n  ${secret}: : [`,
      `backends: { a: { hosts: "imap://u:${secret}@h:1" } }`,
      `certificates: [{ chain: [], key: { ${secret}: 1 } }]\nlisteners: ${secret}://x:${secret}@y`,
      `certificates:\n  - key: |\n      -----BEGIN PRIVATE KEY-----\n      ${secret}\n    chain: 1`,
      `hostname: "-----BEGIN PRIVATE KEY-----${secret}"`,
      `"a": "${secret}" "${secret}"`,
      `log: *${secret}`,
      `log: !${secret} x`,
      `limits: { connections: { token: ${secret} } }`,
    ];
    for (const text of texts) {
      const { errors } = configured(text);
      expect(errors.length).toBeGreaterThan(0);
      // A key is a name, and is told.
      expect(errors.filter((line) => line.includes(secret) && !line.includes('no such key'))).toEqual([]);
    }
  });

  it('a key that objects have is no key of a file', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    for (const name of names) {
      const missing = configured(`${name}: {}\n`).errors;
      expect(missing).toEqual(expect.arrayContaining([expect.stringContaining(`${name}: no such key`)]));
      const { errors } = configured(`listeners: [${passed(`, backend: ${name}`)}]\n${BACKENDS}`);
      expect(errors).toEqual([expect.stringContaining('listeners[0].backend')]);
    }
  });

  it('are one error for those who catch it', () => {
    const read = () => readProxyConfiguration('/etc/proxy.yaml', { readFile: filesOf({ '/etc/proxy.yaml': 'lg: x' }) });
    try {
      read();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({ code: 'configuration_invalid', name: 'SensorError' });
      const { message, problems } = error as ConfigurationError;
      expect(message.split('\n')).toHaveLength(3);
      expect(problems.at(-1)).toEqual({
        severity: 'error',
        file: '/etc/proxy.yaml',
        line: 1,
        column: 1,
        path: 'lg',
        message: 'no such key; is log meant?',
      });
    }
  });

  it('a hundred are listed', () => {
    const read = (text: string) => () => readProxyConfiguration('/p', { readFile: filesOf({ '/p': text }) });
    const text = Array.from({ length: 300 }, (_, i) => `k${i}: 1`).join('\n');
    expect(read(text)).toThrow(/^(?:.+\n){100}and more$/);
    expect(read('k: 1')).not.toThrow(/and more/);
  });

  it('a file that is not there', () => {
    expect(() => readProxyConfiguration('/nowhere/proxy.yaml')).toThrow(
      '/nowhere/proxy.yaml:1:1: there is no such file',
    );
  });
});
