import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../harness/command.js';
import { imapServer, Lines } from '../harness/imap-script.js';
import { ProxyCommand } from '../harness/proxy-command.js';

/** Wrong passwords from one address: the third attempt is refused, whatever its password. */
const rule = (atLeast: number) => ({
  rules: [
    {
      name: 'guesses',
      when: {
        network: ['127.0.0.0/8'],
        failures: { per: ['fingerprint', 'address'], window: '10m', at_least: atLeast },
      },
      // biome-ignore lint/suspicious/noThenProperty: the file's own word.
      then: { reject: 'Too many guesses' },
      enforce: 'yes',
    },
  ],
});

/** @returns what the proxy answers to one login */
async function login(port: number, password: string): Promise<string> {
  const tls = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'localhost' });
  const lines = new Lines(tls);
  await lines.until(/^\* OK/);
  lines.send(`a1 LOGIN u ${password}\r\n`);
  const answer = await lines.until(/^a1 /);
  tls.destroy();
  return answer;
}

async function proxyWithRules(more: Readonly<Record<string, unknown>> = {}): Promise<ProxyCommand> {
  const backend = await imapServer();
  onTestFinished(() => backend.close());
  return ProxyCommand.start(backend.port, (folder) => {
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(rule(2)));
    return { policy: { rules: 'rules.yaml' }, ...more };
  });
}

describe('rules in the proxy itself', () => {
  it('decide without a server, keep what they decided in its database, and are read again on SIGHUP', async () => {
    const proxy = await proxyWithRules({ database: 'sensor.db' });
    for (const _ of [1, 2]) expect(await login(proxy.port, 'wrong')).toMatch(/^a1 NO \[AUTHENTICATIONFAILED\]/m);
    expect(await login(proxy.port, 'p')).toMatch(/^a1 NO \[ALERT\] Too many guesses/m);
    writeFileSync(join(proxy.folder, 'rules.yaml'), JSON.stringify(rule(5)));
    proxy.signal('SIGHUP');
    await proxy.notice(/^the configuration was read again$/);
    // The refused one counts as a failure.
    expect(await login(proxy.port, 'p')).toMatch(/^a1 OK/m);
    expect((await proxy.end()).code).toBe(0);
    expect(proxy.notices.filter(({ msg }) => /needs a restart/.test(msg))).toEqual([]);

    const lines = proxy.logins();
    expect(lines.map(({ outcome, verdict, verdict_rule }) => [outcome, verdict, verdict_rule])).toEqual([
      ['failed', 'allow', null],
      ['failed', 'allow', null],
      ['refused', 'reject', 'guesses'],
      ['succeeded', 'allow', null],
    ]);
    const database = join(proxy.folder, 'sensor.db');
    const explained = await run(['policy', 'explain', String(lines[2]!.session), '--database', database]);
    expect([explained.code, explained.stderr]).toEqual([0, '']);
    const words = explained.stdout.replace(/\s+/g, ' ');
    expect(words).toContain('refused with "Too many guesses" by rule guesses');
    expect(words).toContain('2 logins failed within 10 minutes (the rule wants at least 2)');
    expect(words).toContain(`ja3 ${String(lines[2]!.ja3_hash)}`);
    const rules = join(proxy.folder, 'rules.yaml');
    const tested = await run(['policy', 'test', rules, '--database', database, '--format', 'json']);
    expect(JSON.parse(tested.stdout)).toMatchObject({ from: 'heard', logins: { all: 4, good: 1, failed: 2 } });
  });

  it('decide with what this process has seen where there is no database, or none that can be used', async () => {
    const broken = await proxyWithRules({ database: '/dev/null/sensor.db' });
    expect(await broken.notice(/^rules decide without what is known/)).toMatchObject({ level: 'warn' });
    const without = await proxyWithRules();
    for (const proxy of [broken, without]) {
      for (const _ of [1, 2]) expect(await login(proxy.port, 'wrong')).toMatch(/^a1 NO \[AUTHENTICATIONFAILED\]/m);
      expect(await login(proxy.port, 'p')).toMatch(/^a1 NO \[ALERT\] Too many guesses/m);
      expect((await proxy.end()).code).toBe(0);
    }
  });
});
