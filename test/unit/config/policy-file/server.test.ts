import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policyConfigured } from '../configured.js';

const RULES = 'rules: [{ name: a, then: log }]\n';
const plain = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^policy\.yaml:\d+:\d+: (?:warning: )?/, ''));
const outcomeOf = (text: string, options: Parameters<typeof policyConfigured>[2] = {}) => {
  const { errors, warnings } = policyConfigured(RULES + text, { '/etc/s': 'secret\n' }, options);
  return { errors: plain(errors), warnings: plain(warnings) };
};

/** Certificates are another test's: where one is named that is not there, that is told besides. */
const TLS = 'tls: { chain: nowhere.pem }\n';
const withoutTls = ({ errors, warnings }: ReturnType<typeof outcomeOf>) => ({
  errors: errors.filter((line) => !line.startsWith('tls.chain: ')),
  warnings,
});
const FAR = 'networks: 192.0.2.0/24\n';

describe('an address that other machines reach', () => {
  it('needs TLS and a secret', () => {
    const { errors } = outcomeOf(`${FAR}listen: ["127.0.0.1:8084", "192.0.2.1:8084"]\n`);
    expect(errors).toEqual([
      expect.stringMatching(/^listen\[1\]: .*needs tls$/),
      expect.stringMatching(/^listen\[1\]: .*\(ask\)$/),
    ]);
  });

  it.each(['0.0.0.0:8084', '[::]:8084', '192.0.2.1:0', '[2001:db8::1]:8084'])('is %s', (listen) => {
    expect(outcomeOf(`${FAR}listen: "${listen}"\n`).errors).toHaveLength(2);
  });

  it.each(['127.0.0.1:8084', '127.9.9.9:8084', '[::1]:8084'])('is not %s', (listen) => {
    expect(outcomeOf(`listen: "${listen}"\n`)).toEqual({ errors: [], warnings: [] });
  });

  it('has lists that nobody but this machine can change, without a secret for that', () => {
    const text = `${FAR}${TLS}ask: { password: a }\nlisten: 0.0.0.0:8084\n`;
    expect(withoutTls(outcomeOf(text))).toEqual({
      errors: [],
      warnings: [expect.stringMatching(/^listen: lists and counts/)],
    });
    expect(withoutTls(outcomeOf(`${text}manage: { api_key: b }\n`))).toEqual({ errors: [], warnings: [] });
  });

  it.each([
    ['', /^listen: nobody but this machine may ask here/],
    ['networks: [127.0.0.1, ::1]\n', /^listen: nobody but this machine may ask here/],
    ['networks: [192.0.2.1, 0.0.0.0/0]\n', /^networks: everybody may try/],
    ['networks: "::/0"\n', /^networks: everybody may try/],
  ])('with %j', (networks, warning) => {
    const text = `${networks}${TLS}ask: { password: a }\nmanage: { password: b }\nlisten: 0.0.0.0:8084\n`;
    expect(withoutTls(outcomeOf(text))).toEqual({ errors: [], warnings: [expect.stringMatching(warning)] });
  });
});

describe('an address of this machine', () => {
  it('from which nobody may ask', () => {
    const nobody = [expect.stringMatching(/^networks: nobody may ask/)];
    expect(outcomeOf(FAR)).toEqual({ errors: [], warnings: nobody });
    expect(outcomeOf('networks: []\n').errors).toEqual([expect.stringMatching(/^networks: expected/)]);
    expect(outcomeOf('networks: 127.0.0.0/8\nlisten: "[::1]:1"\n').warnings).toEqual(nobody);
  });
});

describe('a port of root', () => {
  it('is warned of where root is given up before', () => {
    const listen = 'listen: ["127.0.0.1:8084", "127.0.0.1:84"]\n';
    expect(outcomeOf(listen).warnings).toEqual([]);
    expect(outcomeOf(`${listen}user: root\n`).warnings).toEqual([]);
    expect(outcomeOf(`${listen}user: nobody\n`).warnings).toEqual([
      expect.stringMatching(/^listen\[1\]: ports below 1024 /),
    ]);
    expect(outcomeOf('listen: "127.0.0.1:0"\nuser: nobody\n').warnings).toEqual([]);
  });
});

describe('secrets', () => {
  it.each([
    ['ask: { password: a }\nmanage: { password: a }\n', true],
    ['ask: { password: a }\nmanage: { api_key: a }\n', true],
    ['ask: { api_key: secret }\nmanage: { api_key_file: s }\n', true],
    ['ask: { password: a }\nmanage: { password: b }\n', false],
    ['ask: { password: a, api_key: a }\n', false],
  ])('%j: those who ask could manage: %s', (text, same) => {
    expect(outcomeOf(text).errors).toEqual(same ? [expect.stringMatching(/^manage: has a secret of ask/)] : []);
  });

  it('that all users of the machine may read are warned of', () => {
    const text = 'ask: { password_file: s }\nmanage: { api_key: b }\n';
    expect(outcomeOf(text)).toEqual({ errors: [], warnings: [] });
    expect(outcomeOf(text, { mode: 0o100640 }).warnings).toEqual([]);
    expect(outcomeOf(text, { mode: 0o100644 }).warnings).toEqual([
      expect.stringMatching(/^ask\.password_file: \/etc\/s: every user/),
      expect.stringMatching(/^manage\.api_key: every user/),
    ]);
  });
});

describe('held against this machine', () => {
  it('needs its folders and its user', () => {
    const text = 'log: nowhere/log\ndatabase: gone/x.db\nuser: nobody-of-this-name\n';
    expect(outcomeOf(text).errors).toEqual([]);
    expect(outcomeOf(text, { machine: true }).errors).toEqual([
      'log: /etc/nowhere: there is no such folder',
      'database: /etc/gone: there is no such folder',
      'user: there is no such user on this machine',
    ]);
    expect(outcomeOf('log: stdout\ndatabase: /x.db\n', { machine: true })).toEqual({ errors: [], warnings: [] });
  });

  // Others may not look into a folder made for one.
  it.skipIf(userInfo().uid !== 0)('warns of what its user cannot read (skipped unless run as root)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'x\n', { mode: 0o644 });
    const warningsFor = (user: string) => {
      const text = `${RULES}user: ${user}\nask: { password_file: ${secret} }\n`;
      return policyConfigured(text, { [secret]: 'x\n' }, { machine: true }).warnings;
    };
    expect(warningsFor('nobody')).toEqual([expect.stringContaining('nobody cannot read it')]);
    expect(warningsFor('root')).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
