import { describe, expect, it } from 'vitest';
import { configured } from '../configured.js';

const PROXY = `listeners:
  - { protocol: imap, tls: none, cleartext: true, listen: "127.0.0.1:0" }
backends:
  dovecot: { hosts: "127.0.0.1:10143" }
`;

describe('rules that decide in the process', () => {
  const RULES = 'rules:\n  - { name: a, when: { new_client: yes }, then: log }\n';
  const text = (more = '', beside = '') => `${PROXY}policy: { rules: policy.yaml${beside} }\n${more}`;
  const read = (proxy: string, rules = RULES) => configured(proxy, { '/etc/policy.yaml': rules });

  it('are those of the policy file', () => {
    const { configuration, errors, warnings } = read(text('database: x.db\n'));
    expect([...errors, ...warnings]).toEqual([]);
    expect(configuration!.runtime.policy).toBeNull();
    expect(configuration!.runtime.policyRules?.decision.rules).toMatchObject([
      { name: 'a', when: { newClient: true } },
    ]);
  });

  it('have nothing of a policy server beside them', () => {
    const { errors } = read(text('', ', server: "http://127.0.0.1:1/", log_only: false, max_tarpit: 1s'));
    expect(errors).toEqual(
      ['server', 'log_only', 'max_tarpit'].map((key) =>
        expect.stringMatching(`^proxy\\.yaml:\\d+:\\d+: policy\\.${key}: .*only one of the two`),
      ),
    );
  });

  it('are of one process', () => {
    expect(read(text('workers: 2\n')).errors).toEqual([expect.stringMatching(/:10: workers: .*a history of its own/)]);
    expect(read(text('workers: 1\n')).errors).toEqual([]);
  });

  it('are told with the name of their file, behind what is wrong with this one', () => {
    const { errors } = read(text('opensl: x\n'), 'rules: [{ name: a, then: lag }]\nlisten: x\n');
    expect(errors).toEqual([
      expect.stringMatching(/^proxy\.yaml:\d+:1: opensl: no such key/),
      expect.stringMatching(/^policy\.yaml:1:26: rules\[0\]\.then: expected log/),
      expect.stringMatching(/^policy\.yaml:2:9: listen: expected/),
    ]);
    expect(configured(text()).errors).toEqual(['policy.yaml:1:1: there is no such file']);
    expect(read(text(), 'rules: [').errors).toEqual([expect.stringMatching(/^policy\.yaml:1:/)]);
  });

  it('live on the database and the names of the proxy', () => {
    expect(read(text()).warnings).toEqual([expect.stringMatching(/^policy\.yaml:2:.*without a database/)]);
    const named = 'rules: [{ name: a, when: { client: x }, then: log }]\n';
    expect(read(text('names: false\n'), named).warnings).toEqual([
      expect.stringMatching(/^policy\.yaml:1:.*not named/),
    ]);
  });

  it('need nothing of their server', () => {
    const server = 'listen: 0.0.0.0:1\nask: { password_file: nowhere }\ntls: { chain: nowhere }\n';
    expect(read(text('database: x.db\n'), RULES + server)).toMatchObject({ errors: [], warnings: [] });
  });
});
