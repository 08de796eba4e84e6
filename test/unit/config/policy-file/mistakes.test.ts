import { describe, expect, it } from 'vitest';
import { policyConfigured } from '../configured.js';

const errorsOf = (text: string, files: Readonly<Record<string, string>> = {}) => policyConfigured(text, files).errors;

describe('mistakes in a policy file', () => {
  it('are all told at once, in the order of the file, each with its place', () => {
    expect(
      errorsOf(`listn: 127.0.0.1:8084
listen: [127.0.0.1, "localhost:8084"]
ask: { password: "with:colon", api_kye: x }
max_tarpit: 1500ms
rules:
  - name: "a b"
    when: { new_clent: yes, rung: unorderd, port: 0 }
    then: log
  - name: b
    when:
      failed_users: { per: [fingerprint, ip], window: 5s, at_least: 0, times_usual: 0.5 }
      logins: { per: user, window: 1h }
      time: { days: [monday], between: 8:00-08:00, utc_offset: "+25:00" }
      sni: []
    unless: { port: 1 }
    then: { tarpitt: 5s }
  - when: { fingerprint: abc, network: 10.0.0.0/40, mechanism: "A B", tls: maybe, tls_version: "1.3" }
    then: allow
    enforce: 1
  - name: d
    then: {}
`),
    ).toEqual([
      'policy.yaml:1:1: listn: no such key; is listen meant?',
      'policy.yaml:2:10: listen[0]: expected an address with its port such as "127.0.0.1:8084" or "[::1]:8084", not "127.0.0.1"',
      'policy.yaml:2:21: listen[1]: expected an address with its port such as "127.0.0.1:8084" or "[::1]:8084", not "localhost:8084"',
      'policy.yaml:3:18: ask.password: expected a password of printable ASCII without colon and space, not what stands there (not shown)',
      'policy.yaml:3:32: ask.api_kye: no such key; is api_key meant?',
      'policy.yaml:4:13: max_tarpit: expected a time from 1s to 10m in whole seconds with its unit (s, m, h, d), not "1500ms"',
      expect.stringMatching(/^policy\.yaml:6:11: rules\[0\]\.name: expected a rule's name .*, not "a b"$/),
      'policy.yaml:7:13: rules[0].when.new_clent: no such key; is new_client meant?',
      expect.stringMatching(/^policy\.yaml:7:35: rules\[0\]\.when\.rung: expected .*unordered.*, not "unorderd"$/),
      expect.stringMatching(/^policy\.yaml:7:51: rules\[0\]\.when\.port: expected .*, not 0$/),
      expect.stringMatching(
        /^policy\.yaml:11:42: rules\[1\]\.when\.failed_users\.per\[1\]: expected fingerprint, network, address or user, not "ip"$/,
      ),
      expect.stringMatching(
        /^policy\.yaml:11:55: rules\[1\]\.when\.failed_users\.window: expected a time from 10s to 7d/,
      ),
      'policy.yaml:11:69: rules[1].when.failed_users.at_least: expected a number from 1 to 10000000, not 0',
      expect.stringMatching(
        /^policy\.yaml:11:85: rules\[1\]\.when\.failed_users\.times_usual: expected a number from 1 to 1000,/,
      ),
      'policy.yaml:12:7: rules[1].when.logins.at_least: is missing; expected a number from 1 to 10000000',
      'policy.yaml:13:22: rules[1].when.time.days[0]: expected a day such as mon, or days such as mon-fri, not "monday"',
      'policy.yaml:13:40: rules[1].when.time.between: expected two times such as 22:00-06:00 that differ, not "8:00-08:00"',
      'policy.yaml:13:64: rules[1].when.time.utc_offset: expected a difference from UTC such as "+01:00", not "+25:00"',
      expect.stringMatching(/^policy\.yaml:14:12: rules\[1\]\.when\.sni: expected .*, not an empty list$/),
      'policy.yaml:15:13: rules[1].unless: expected a list of conditions, not a mapping',
      'policy.yaml:16:13: rules[1].then.tarpitt: no such key; is tarpit meant?',
      expect.stringMatching(/^policy\.yaml:17:5: rules\[2\]\.name: is missing/),
      'policy.yaml:17:26: rules[2].when.fingerprint: expected a hash of 32 hex digits or a ja4, not "abc"',
      expect.stringMatching(/^policy\.yaml:17:40: rules\[2\]\.when\.network: expected .*, not "10.0.0.0\/40"$/),
      'policy.yaml:17:64: rules[2].when.mechanism: expected a SASL mechanism such as PLAIN, not "A B"',
      'policy.yaml:17:76: rules[2].when.tls: expected yes or no, not "maybe"',
      expect.stringMatching(/^policy\.yaml:17:96: rules\[2\]\.when\.tls_version: expected .*TLSv1\.3.*, not "1\.3"$/),
      'policy.yaml:18:11: rules[2].then: expected log, reject, tarpit with a time, or reject with a message, not "allow"',
      'policy.yaml:19:14: rules[2].enforce: expected yes or no, not 1',
      'policy.yaml:21:5: rules[3].then: needs one of tarpit and reject',
    ]);
  });

  it.each([
    ['', 'expected a mapping, not nothing'],
    ['- a\n', 'expected a mapping, not a list'],
    ['rules: 5\n', 'rules: expected a list of rules, not 5'],
    ['rules: [log]\n', 'rules[0]: expected a mapping, not "log"'],
    ['rules: [{ name: a, then: { tarpit: 5s, reject: x } }]\n', 'rules[0].then: needs one of tarpit and reject'],
    ['rules: [{ name: a, then: { tarpit: 0s } }]\n', 'rules[0].then.tarpit: expected a time from 1s'],
    ['rules: [{ name: a, then: { reject: "x\\r\\ny" } }]\n', 'rules[0].then.reject: expected a message'],
    ['rules: [{ name: a, then: { reject: "déjà" } }]\n', 'rules[0].then.reject: expected a message'],
    [`rules: [{ name: a, then: { reject: ${'x'.repeat(401)} } }]\n`, 'rules[0].then.reject: expected a message'],
    ['rules: [{ name: a, then: { reject: no } }]\n', 'rules[0].then.reject: expected a message'],
    ['rules: [{ name: a, then: { reject: Yes } }]\n', '(without a message: then: reject), not "Yes"'],
    [`rules: [{ name: ${'x'.repeat(65)}, then: log }]\n`, 'rules[0].name: expected'],
    ['rules: [{ name: a, when: { user: "a\\tb" }, then: log }]\n', "when.user: expected a user's name"],
    ['rules: [{ name: a, when: { time: {} }, then: log }]\n', 'when.time: needs days, or between, or both'],
    ['rules: [{ name: a, when: { time: { between: 24:00-01:00 } }, then: log }]\n', 'between: expected'],
    ['rules: [{ name: a, when: { time: { days: mon } }, then: log }]\n', 'days: expected a list'],
    ['ask: {}\n', 'ask: needs a password or an api_key'],
    ['ask: { password: a, password_file: b }\n', 'ask.password_file: password and password_file exclude each other'],
    ['ask: { password_file: nowhere }\n', 'ask.password_file: /etc/nowhere: there is no such file'],
    ['ask: { password_file: empty }\n', 'ask.password_file: there is nothing in this file'],
    ['manage: { api_key_file: two }\n', 'manage.api_key_file: /etc/two: expected a key of printable ASCII'],
    ['group: mail\n', 'group: needs a user too'],
    ['listen: ["127.0.0.1:1", "127.0.0.1:1"]\n', 'listen[1]: was given before'],
  ])('%j', (text, message) => {
    const files = { '/etc/empty': ' \n', '/etc/two': 'a key\nand another\n' };
    expect(errorsOf(text, files)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['values of a condition', `port: [${Array.from({ length: 1001 }, (_, i) => i + 1).join(', ')}]`, 'when.port'],
    ['counts of a condition', `users: [${'{ per: user, window: 1m, at_least: 1 }, '.repeat(9)}]`, 'when.users'],
  ])('too many %s', (_, when, path) => {
    expect(errorsOf(`rules: [{ name: a, when: { ${when} }, then: log }]\n`)).toEqual([
      expect.stringContaining(`rules[0].${path}: expected`),
    ]);
  });

  it('too many rules, exemptions and counters', () => {
    const rules = (count: number, more: (i: number) => string) =>
      `rules:\n${Array.from({ length: count }, (_, i) => `  - { name: r${i}, ${more(i)} then: log }\n`).join('')}`;
    expect(errorsOf(rules(501, (i) => `when: { port: ${i + 1} },`))).toEqual([
      expect.stringContaining('rules: expected 500 rules at most'),
    ]);
    expect(errorsOf(rules(500, (i) => `when: { port: ${i + 1} },`))).toEqual([]);
    const unless = Array.from({ length: 51 }, (_, i) => `{ port: ${i + 1} }`).join(', ');
    expect(errorsOf(rules(1, () => `unless: [${unless}],`))).toEqual([
      expect.stringContaining('rules[0].unless: expected 50 exemptions at most'),
    ]);
    const counts = (i: number) => `when: { logins: { per: user, window: ${i + 10}s, at_least: 1 } },`;
    expect(errorsOf(rules(33, counts))).toEqual([expect.stringContaining('rules: have 33 different counts, of 32')]);
    expect(errorsOf(rules(32, counts))).toEqual([]);
    // The same count is one, whatever it is held against.
    expect(errorsOf(rules(100, (i) => `when: { logins: { per: user, window: 1m, at_least: ${i + 1} } },`))).toEqual([]);
  });

  it('never show a secret', () => {
    const secret = 'hunter2:hunter2 ';
    for (const text of [
      `ask: { password: "${secret}" }\n`,
      `ask: { api_key: "${secret}" }\n`,
      `manage: { password: ["${secret}"] }\n`,
      `manage: "${secret}\\n"\n`,
      `ask: { password_file: s }\n`,
    ]) {
      const errors = errorsOf(text, { '/etc/s': secret });
      expect(errors).toHaveLength(1);
      expect(errors[0]).not.toContain('hunter2');
    }
  });
});
