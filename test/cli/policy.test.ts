import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../harness/command.js';
import { PolicyCommand, type PolicyYaml, policyFolder, writePolicy } from '../harness/policy-command.js';

/** Debian's mutt, and Python (hydra's is the same), as tshark computes them. */
const MUTT = 'f35ce21b44ac0b87d3266294bb1b0e20';
const PYTHON = 'd39e1be3241d516b1f714bd47c2bc968';

const spray = (enforce: boolean, atLeast = 3) => ({
  name: 'spray',
  when: { failed_users: { per: 'fingerprint', window: '10m', at_least: atLeast } },
  // biome-ignore lint/suspicious/noThenProperty: the file's own word.
  then: { tarpit: '5s' },
  enforce: enforce ? 'yes' : 'no',
});
const takeOver = {
  name: 'take-over',
  when: { new_client: true, network: ['0.0.0.0/0'] },
  // biome-ignore lint/suspicious/noThenProperty: the file's own word.
  then: { reject: 'Use your usual program' },
  enforce: 'yes',
};
const LEARNING = { logins: 2, days: 0 };
const settings = (more: PolicyYaml = {}): PolicyYaml => ({
  database: 'sensor.db',
  learning: LEARNING,
  rules: [takeOver, spray(false)],
  ...more,
});

describe('a policy configuration', () => {
  it('is checked: what is wrong is said with its place, and nothing begins', async () => {
    const folder = policyFolder();
    const good = await run(['policy', '--check', '--config', writePolicy(folder, settings())]);
    expect(good).toMatchObject({ code: 0, stdout: '' });
    expect(good.stderr).toContain('can be used: 1 address, 2 rules, 1 enforced');
    const wrong = writePolicy(folder, settings({ rules: [{ ...takeOver, when: { new_cleint: true } }] }));
    for (const args of [['--check'], []]) {
      const { code, stdout, stderr } = await run(['policy', ...args, '--config', wrong]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^\S+policy\.yaml:1:\d+: .*new_cleint.*new_client/m);
    }
    expect(existsSync(join(folder, 'sensor.db'))).toBe(false);
  });

  it('has to be given', async () => {
    expect(await run(['policy'])).toMatchObject({
      code: 2,
      stderr: 'ja3-sensor: policy needs --config FILE, or one of its commands: test, explain\n',
    });
    const { code, stderr } = await run(['policy', '--config', '/nonexistent/policy.yaml']);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('/nonexistent/policy.yaml');
  });
});

describe('the policy server', () => {
  it('decides, keeps what it learns past a kill, and explains', async () => {
    const folder = policyFolder();
    const path = writePolicy(folder, settings());
    const first = await PolicyCommand.start(path);
    for (let i = 0; i < 3; i++) {
      const answer = await first.login({ user: 'alice', ja3: MUTT, session: `alice-mutt-${i}`, good: true });
      expect(answer).toMatchObject({ status: 0, msg: '' });
    }
    // What was committed survives: the rows of the first logins are there when a later command reads them.
    await expect
      .poll(
        async () => (await run(['policy', 'explain', 'alice-mutt-2', '--database', join(folder, 'sensor.db')])).code,
        {
          timeout: 60_000,
        },
      )
      .toBe(0);
    first.signal('SIGKILL');
    await first.running.finished;

    const second = await PolicyCommand.start(path);
    // Upper and lower case are one user.
    const refused = await second.login({ user: 'Alice', ja3: PYTHON, session: 'alice-python', good: true });
    expect(refused).toMatchObject({ status: -1, msg: 'Use your usual program' });
    const { user_hash, device, ...line } = await second.notice(/^verdict$/);
    expect(line).toMatchObject({
      session: 'alice-python',
      src_ip: '192.0.2.7',
      ja3_hash: PYTHON,
      verdict: 'reject',
      rule: 'take-over',
      source: 'rules',
      ignored: null,
      client_rung: 'ja3',
    });
    expect(user_hash).toMatch(/^[0-9a-f]{32}$/);
    expect(device).toMatch(/^[0-9a-f]{32}$/);
    const { code, stderr } = await second.end();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/alice@|"alice"/i);

    const explained = await run(['policy', 'explain', 'alice-python', '--database', join(folder, 'sensor.db')]);
    expect(explained).toMatchObject({ code: 0, stderr: '' });
    expect(explained.stdout).toMatch(/refused with "Use your usual program" by rule take-over/);
    expect(explained.stdout).toMatch(/never logged in with this client \(3 good logins/);
    expect(explained.stdout).toMatch(/with 1 client from 1 network/);
  });

  it('reads rules again on SIGHUP, and keeps what it counted; a broken file leaves those that are there', async () => {
    const folder = policyFolder();
    const path = writePolicy(folder, settings({ log: 'verdicts.log' }));
    const server = await PolicyCommand.start(path);
    for (const user of ['u1', 'u2', 'u3']) await server.login({ user, ja3: PYTHON, session: user, good: false });
    expect(await server.login({ user: 'u4', ja3: PYTHON, session: 'u4', good: false })).toMatchObject({ status: 0 });
    const log = join(folder, 'verdicts.log');
    expect(JSON.parse(readFileSync(log, 'utf8').trim().split('\n').at(-1)!)).toMatchObject({
      msg: 'verdict',
      session: 'u4',
      verdict: 'allow',
      ignored: 'tarpit',
      ignored_seconds: 5,
      evidence: [{ condition: 'failed_users', found: 3, at_least: 3, window: 600 }],
    });

    writePolicy(folder, settings({ log: 'verdicts.log', rules: [spray(true)], max_tarpit: '4s' }));
    renameSync(log, join(folder, 'verdicts.log.1'));
    server.signal('SIGHUP');
    await server.notice(/^the rules were read again$/);
    expect(await server.login({ user: 'u5', ja3: PYTHON, session: 'u5', good: false })).toMatchObject({ status: 4 });
    expect(readFileSync(log, 'utf8')).toContain('"session":"u5"');

    writeFileSync(path, 'rules: [');
    server.signal('SIGHUP');
    await server.notice(/^the rules stay as they were: /);
    expect(await server.login({ user: 'u6', ja3: PYTHON, session: 'u6', good: false })).toMatchObject({ status: 4 });

    writePolicy(
      folder,
      settings({ log: 'verdicts.log', rules: [spray(true)], learning: { logins: 9, days: 9 }, rate: { burst: 9 } }),
    );
    server.signal('SIGHUP');
    expect(await server.notice(/needs a restart/)).toMatchObject({ kept: ['rate', 'learning'] });
    expect((await server.end()).code).toBe(0);
  });

  it('tells the operator where verdicts cannot be written', async () => {
    const server = await PolicyCommand.start(writePolicy(policyFolder(), settings({ log: '/dev/full' })));
    for (let i = 0; i < 2; i++) await server.login({ user: 'alice', ja3: MUTT, session: `s${i}`, good: true });
    await server.login({ user: 'alice', ja3: PYTHON, session: 's2', good: true });
    expect(await server.notice(/^the log cannot be written/)).toMatchObject({ code: 'ENOSPC' });
    await server.end();
  });

  it('does without a database, and says so once', async () => {
    const { database: _, ...without } = settings();
    const server = await PolicyCommand.start(writePolicy(policyFolder(), without));
    for (let i = 0; i < 2; i++) await server.login({ user: 'alice', ja3: MUTT, session: `s${i}`, good: true });
    expect(await server.login({ user: 'alice', ja3: PYTHON, session: 's2', good: true })).toMatchObject({ status: -1 });
    await server.end();
    expect(server.notices.filter(({ msg }) => msg.startsWith('no database is configured'))).toHaveLength(1);
  });

  it('writes one line for the two questions about a login, and none where nothing speaks against it', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the file's own word.
    const everyPython = { name: 'python', when: { fingerprint: [PYTHON] }, then: 'log' };
    const server = await PolicyCommand.start(writePolicy(policyFolder(), settings({ rules: [everyPython] })));
    await server.login({ user: 'alice', ja3: MUTT, session: 's1', good: true });
    await server.login({ user: 'alice', ja3: PYTHON, session: 's2', good: true });
    await server.login({ user: 'alice', ja3: PYTHON, session: 's3', good: true });
    await server.end();
    const lines = server.notices.filter(({ msg }) => msg === 'verdict');
    expect(lines.map(({ session, rule, verdict }) => [session, rule, verdict])).toEqual([
      ['s2', 'python', 'allow'],
      ['s3', 'python', 'allow'],
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)('becomes another user, whose files it makes (needs root)', async () => {
    const folder = policyFolder();
    chmodSync(folder, 0o777);
    const path = writePolicy(folder, settings({ user: 'nobody', log: 'verdicts.log' }));
    chmodSync(path, 0o644);
    const server = await PolicyCommand.start(path);
    const { uid } = statSync(join(folder, 'sensor.db'));
    expect(uid).not.toBe(0);
    expect(statSync(join(folder, 'verdicts.log')).uid).toBe(uid);
    expect(readFileSync(`/proc/${server.running.child.pid}/status`, 'utf8')).toMatch(
      new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t`, 'm'),
    );
    expect((await server.end()).code).toBe(0);
  });

  it('cannot begin where its database or its address cannot be used: one line, and 1', async () => {
    const folder = policyFolder();
    writeFileSync(join(folder, 'sensor.db'), 'this is a text of somebody else'.repeat(300));
    const damaged = await run(['policy', '--config', writePolicy(folder, settings())]);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr.split('\n').filter((line) => line.startsWith('ja3-sensor: '))).toHaveLength(1);

    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const listen = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    const path = writePolicy(policyFolder(), settings({ listen }));
    const busy = await run(['policy', '--config', path]);
    expect(busy.code).toBe(1);
    expect(busy.stderr).toMatch(/^ja3-sensor: .*127\.0\.0\.1/m);
  });
});
