import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForRecording } from '../../src/cli/label-source.js';
import type { HeardLogin } from '../../src/model/index.js';
import type { Store } from '../../src/store/index.js';
import { COMMAND, ROOT, run } from '../harness/command.js';
import { policyFolder, writePolicy } from '../harness/policy-command.js';
import { seenLogin } from '../unit/store/rows.js';

/** Debian's mutt, and Python, as tshark computes them. */
const MUTT = 'f35ce21b44ac0b87d3266294bb1b0e20';
const PYTHON = 'd39e1be3241d516b1f714bd47c2bc968';
const HOUR = 3_600_000;

const takeOver = {
  name: 'take-over',
  when: { new_client: true },
  // biome-ignore lint/suspicious/noThenProperty: the file's own word.
  then: { tarpit: '5s' },
};
const settings = { learning: { logins: 2, days: 0 }, rules: [takeOver] };

function heard(store: Store, change: Partial<HeardLogin> & { user: string; ja3: string }): HeardLogin {
  const { user, ja3, ...rest } = change;
  return {
    time: Date.now() - HOUR,
    session: null,
    userKey: store.policy.userKey(user),
    remote: '192.0.2.7',
    protocol: 'imap',
    port: 993,
    sni: null,
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: 'TLSv1.3',
    clientId: null,
    views: { ja3: { string: null, hash: ja3 }, ja3n: null, sslJa3: null, ja4: null },
    device: null,
    outcome: 'succeeded',
    effect: { action: 'allow' },
    ignored: null,
    source: 'rules',
    rule: null,
    evidence: [],
    ...rest,
  };
}

async function fill(path: string, work: (store: Store) => void): Promise<void> {
  const store = await openForRecording({ path, explicit: true });
  work(store);
  store.close();
}

const write = (store: Store, rows: readonly HeardLogin[]): void =>
  store.policy.write({
    heard: rows,
    userClients: [],
    userNetworks: [],
    devices: [],
    usual: [],
    listed: [],
    unlisted: [],
  });

/** Alice logs in with mutt for days, and then somebody does with Python. */
function aliceAndPython(store: Store): readonly HeardLogin[] {
  const now = Date.now();
  const mutt = [9, 8, 7, 2].map((days) =>
    heard(store, { user: 'alice', ja3: MUTT, time: now - days * 24 * HOUR, session: `mutt-${days}` }),
  );
  return [...mutt, heard(store, { user: 'Alice', ja3: PYTHON, time: now - HOUR, session: 'python-1' })];
}

describe('policy test', () => {
  it('says whom the rules would have hit, and from which logins it knows that', async () => {
    const folder = policyFolder();
    const path = writePolicy(folder, { ...settings, database: 'sensor.db' });
    await fill(join(folder, 'sensor.db'), (store) => write(store, aliceAndPython(store)));
    const all = await run(['policy', 'test', path]);
    expect([all.code, all.stderr]).toEqual([0, '']);
    expect(all.stdout).toMatch(/^5 logins of 1 user that the policy heard, /);
    expect(all.stdout).toMatch(/Nothing is known from before/);
    expect(all.stdout).toMatch(/take-over +tarpit 5 s +1 +1 +0 +0 +1 +1 +2000$/m);
    expect(all.stdout).toMatch(/take-over .* python-1 +[0-9a-f]{8} +succeeded/);
    expect(all.stdout).toMatch(/1 login of 5 would have waited or been refused, 1 of them good ones: 2000 in\s10,000/);
    expect(all.stdout).not.toMatch(/alice/i);

    const since = await run(['policy', 'test', path, '--since', '3d', '--format', 'json']);
    expect([since.code, since.stderr]).toEqual([0, '']);
    expect(JSON.parse(since.stdout)).toMatchObject({
      from: 'heard',
      learned_from_before: 3,
      logins: { all: 2, good: 2 },
      interrupted: false,
      hit: { all: 1, good: 1, per_10000_good: 5000 },
      rules: [
        { rule: 'take-over', seconds: 5, users: 1, new: 1, first: [{ session: 'python-1', outcome: 'succeeded' }] },
      ],
    });
  });

  it('takes the recorded logins where no policy has heard of any, or where they are wanted', async () => {
    const folder = policyFolder();
    const database = join(folder, 'sensor.db');
    const path = writePolicy(folder, settings);
    const seconds = Math.floor(Date.now() / 1000) - 100;
    await fill(database, (store) =>
      store.logins.record(
        [0, 1, 2].map((i) =>
          seenLogin(i, {
            user: 'bob',
            outcome: 'succeeded',
            time: { seconds: seconds + i, nanoseconds: 0, digits: 0 },
          }),
        ),
      ),
    );
    for (const from of [[], ['--from', 'logins']]) {
      const { code, stdout } = await run(['policy', 'test', path, '--database', database, '--format', 'json', ...from]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ from: 'logins', logins: { all: 3, good: 3 }, users: 1 });
    }
    const heardOnly = await run(['policy', 'test', path, '--database', database, '--from', 'heard']);
    expect(heardOnly).toMatchObject({ code: 1, stdout: '' });
    expect(heardOnly.stderr).toMatch(/^ja3-sensor: no login was heard by a policy/);
  });

  it('says of a time without logins how many there are from before it', async () => {
    const folder = policyFolder();
    const path = writePolicy(folder, settings);
    const database = join(folder, 'sensor.db');
    await fill(database, (store) => write(store, [heard(store, { user: 'alice', ja3: MUTT, session: 's' })]));
    expect(await run(['policy', 'test', path, '--database', database, '--since', '2099-01-01'])).toMatchObject({
      code: 1,
      stderr: 'ja3-sensor: no login was heard by a policy since 2099-01-01T00:00:00.000Z (1 before that)\n',
    });
  });

  it('is one line where there is nothing to read, and changes nothing', async () => {
    const folder = policyFolder();
    const path = writePolicy(folder, settings);
    const database = join(folder, 'empty.db');
    await fill(database, () => {});
    const empty = await run(['policy', 'test', path, '--database', database]);
    expect(empty).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'ja3-sensor: no login is recorded: there is nothing to try the rules on\n',
    });
    const missing = await run(['policy', 'test', path, '--database', join(folder, 'no.db')]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/^ja3-sensor: no database at \S+no\.db/);
    const when = await run(['policy', 'test', path, '--database', database, '--since', 'yesterday']);
    expect(when).toMatchObject({ code: 2, stdout: '' });
    expect(when.stderr).toMatch(/^ja3-sensor: --since yesterday is no moment/);
    writeFileSync(path, 'rules: [{ name: x }]');
    const broken = await run(['policy', 'test', path, '--database', database]);
    expect(broken).toMatchObject({ code: 2, stdout: '' });
    expect(broken.stderr).toMatch(/^\S+policy\.yaml:1:\d+: /);
  });

  it('ends quietly where nobody reads on', async () => {
    const folder = policyFolder();
    const path = writePolicy(folder, { ...settings, database: 'sensor.db' });
    await fill(join(folder, 'sensor.db'), (store) => write(store, aliceAndPython(store)));
    const line = [...COMMAND, 'policy', 'test', path].map((word) => `'${word}'`).join(' ');
    const { stderr, stdout } = spawnSync('bash', ['-c', `${line} | true; echo \${PIPESTATUS[0]}`], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['0\n', '']);
  });
});

describe('policy explain', () => {
  it('tells each attempt of a session in words: the rule, what it found, what it was held against', async () => {
    const folder = policyFolder();
    const database = join(folder, 'sensor.db');
    const now = Date.now();
    await fill(database, (store) => {
      const rows = [
        heard(store, {
          user: 'alice',
          ja3: PYTHON,
          time: now - 2000,
          session: 'Xb3Rkq1',
          outcome: 'failed',
          ignored: { action: 'tarpit', seconds: 5 },
          rule: 'spray',
          evidence: [
            {
              condition: 'failed_users',
              found: 17,
              numbers: { at_least: 15, window: 600, usual: 2.5, times_usual: 4 },
            },
            { condition: 'client', found: 'hydra (ja3)', numbers: { share: 0.5, labels: 2, score: 1 } },
          ],
        }),
        heard(store, { user: 'alice', ja3: PYTHON, time: now - 1000, session: 'Xb3Rkq1', outcome: null }),
        heard(store, { user: 'alice', ja3: PYTHON, time: now, session: 'Xb3Rkq2' }),
        heard(store, { user: 'alice', ja3: PYTHON, time: now, session: 'Yc9' }),
      ];
      write(store, rows);
    });
    const text = await run(['policy', 'explain', 'Xb3Rkq1', '--database', database]);
    expect([text.code, text.stderr]).toEqual([0, '']);
    const words = text.stdout.replace(/\s+/g, ' ');
    expect(words).toContain('Session Xb3Rkq1, attempt 1 of 2');
    expect(words).toContain('let in; rule spray would have had it made to wait 5 s');
    expect(words).toContain(
      '17 different users failed within 10 minutes (the rule wants at least 15); usual are 2.5, and it fires from 4 times as many',
    );
    expect(words).toContain('the client is hydra (ja3) (50 % of what 2 labels say; half is enough; similarity 1)');
    expect(words).toContain('let in: no rule fits');
    expect(words).toContain('has not told how it ended');

    const json = await run(['policy', 'explain', '--json', 'Yc', '--database', database]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      session: 'Yc9',
      attempts: [{ verdict: 'allow', rule: null, ja3_hash: PYTHON, client_rung: 'ja3', outcome: 'succeeded' }],
    });
  });

  it('says so where nothing is stored, and what is near', async () => {
    const folder = policyFolder();
    const database = join(folder, 'sensor.db');
    await fill(database, (store) =>
      write(
        store,
        ['Xb3Rkq1', 'Xb3Rkq2'].map((session) => heard(store, { user: 'alice', ja3: MUTT, session })),
      ),
    );
    const explain = (session: string) => run(['policy', 'explain', session, '--database', database]);
    expect(await explain('Xb3R')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'ja3-sensor: several sessions begin with Xb3R: Xb3Rkq1, Xb3Rkq2\n',
    });
    const near = await explain('Xb3Rkz7');
    expect(near).toMatchObject({ code: 1, stdout: '' });
    expect(near.stderr).toMatch(
      /^ja3-sensor: no policy has heard of a session Xb3Rkz7: .*near it: Xb3Rkq1, Xb3Rkq2\n$/,
    );
    expect((await explain('<Xb3Rkq1>')).stdout).toMatch(/^Session Xb3Rkq1\n/);
    const path = writePolicy(folder, { ...settings, database: 'sensor.db' });
    for (const args of [
      ['policy', 'explain', '--config', path, 'Xb3Rkq1'],
      ['policy', '--config', path, 'explain', 'Xb3Rkq1'],
    ]) {
      expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Session Xb3Rkq1\n/) });
    }
    writeFileSync(path, 'rules: [{ name: x }]');
    expect(await run(['policy', 'explain', '--config', path, 'Xb3Rkq1'])).toMatchObject({ code: 2, stdout: '' });
    expect((await explain('unheard of')).stderr).toMatch(/\(docs\/privacy\.md\)\n$/);
    const missing = await run(['policy', 'explain', 'x', '--database', join(folder, 'no.db')]);
    expect(missing.code).toBe(2);
  });
});
