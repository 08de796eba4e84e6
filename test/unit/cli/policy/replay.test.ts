import { describe, expect, it } from 'vitest';
import { REPLAYED_AT_ONCE } from '../../../../src/cli/policy/limits.js';
import { takeAll } from '../../../../src/cli/policy/paced.js';
import { Replay, type ReplayFigures } from '../../../../src/cli/policy/replay.js';
import { replayedRules } from '../../../../src/cli/policy/replayed-rules.js';
import type { HeardLogin } from '../../../../src/model/index.js';
import { type DecisionOptions, openDecider, type Rule } from '../../../../src/policy/index.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1);
const key = (user: number) => String(user).padStart(32, '0');

const options: Omit<DecisionOptions, 'rules'> = {
  learning: { logins: 2, days: 0 },
  maxTarpit: 30,
  limits: {
    users: 100,
    clientsPerUser: 10,
    networksPerUser: 10,
    devices: 100,
    keysPerCounter: 100,
    usersPerCount: 100,
    days: 90,
  },
};

const newClient: Rule = {
  name: 'take-over',
  when: { newClient: true },
  unless: [],
  // biome-ignore lint/suspicious/noThenProperty: a rule's own word.
  then: { action: 'reject', message: null },
  enforce: true,
};
const spray: Rule = {
  name: 'spray',
  when: { counts: [{ count: 'failed_users', per: ['fingerprint'], window: 600, atLeast: 3, timesUsual: null }] },
  unless: [],
  // biome-ignore lint/suspicious/noThenProperty: a rule's own word.
  then: { action: 'tarpit', seconds: 5 },
  enforce: true,
};
const noted: Rule = {
  name: 'noted',
  when: { network: ['203.0.113.0/24'] },
  unless: [],
  // biome-ignore lint/suspicious/noThenProperty: a rule's own word.
  then: { action: 'log' },
  enforce: true,
};

function heard(change: Partial<HeardLogin>): HeardLogin {
  return {
    time: START,
    session: 's',
    userKey: key(1),
    remote: '192.0.2.7',
    protocol: 'imap',
    port: 993,
    sni: null,
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: null,
    clientId: null,
    views: { ja3: null, ja3n: null, sslJa3: null, ja4: null },
    device: 'a',
    outcome: 'succeeded',
    effect: { action: 'allow' },
    ignored: null,
    source: 'rules',
    rule: null,
    evidence: [],
    ...change,
  };
}

function figuresOf(rules: readonly Rule[], logins: readonly HeardLogin[], since = START): ReplayFigures {
  const only = replayedRules(rules, (name) => name).rules;
  const none = { device: null, aliases: [], recognition: null };
  const decider = openDecider(
    { ...options, rules: only },
    { userKey: (name) => name, identify: () => none, book: null, now: () => START },
    null,
  );
  const replay = new Replay(decider, () => none, only, since);
  for (const login of logins) replay.take(login);
  decider.close();
  return replay.figures();
}

describe('stored logins against rules', () => {
  it('counts whom each rule would have hit, by outcome, users and what is new', () => {
    const logins = [
      ...[0, 1].map((i) => heard({ time: START + i })),
      // A new client, with the right password, then with a wrong one.
      heard({ time: START + 2, device: 'b' }),
      heard({
        time: START + 3,
        device: 'c',
        outcome: 'failed',
        rule: 'an old rule',
        ignored: { action: 'reject', message: null },
      }),
      // It is known by now.
      heard({ time: START + 4, device: 'b' }),
    ];
    const { rules, logins: all, hit, users } = figuresOf([newClient], logins);
    expect(all).toEqual({ good: 4, failed: 1, other: 0 });
    expect([users, hit]).toEqual([1, { good: 1, failed: 1, other: 0 }]);
    expect(rules).toMatchObject([{ logins: { good: 1, failed: 1, other: 0 }, users: 1, goodUsers: 1, new: 1 }]);
    expect(rules[0]!.first.map(({ login, effect }) => [login.device, effect?.action])).toEqual([
      ['b', 'reject'],
      ['c', 'reject'],
    ]);
  });

  it('lets logins end as they did: what a rule would have kept from happening has happened', () => {
    const logins = [1, 2, 3, 4, 5].map((user) =>
      heard({ time: START + user, userKey: key(user), outcome: user === 5 ? 'succeeded' : 'failed' }),
    );
    const [figures] = figuresOf([spray], logins).rules;
    // The fourth and the fifth: three others had failed before.
    expect(figures).toMatchObject({ logins: { good: 1, failed: 1, other: 0 }, users: 2, goodUsers: 1 });
  });

  it('learns from what was before the period, and does not count it', () => {
    const before = [0, 1].map((i) => heard({ time: START - HOUR + i }));
    const after = [heard({ time: START + 1, device: 'b' })];
    expect(figuresOf([newClient], [...before, ...after])).toMatchObject({
      before: 2,
      logins: { good: 1, failed: 0, other: 0 },
      from: START + 1,
      rules: [{ logins: { good: 1 } }],
    });
    expect(figuresOf([newClient], after)).toMatchObject({ before: 0, rules: [{ logins: { good: 0 } }] });
  });

  it('counts what is only noted apart from what waits or is refused, and the first rule that fits', () => {
    const logins = [heard({ remote: '203.0.113.5' }), heard({ remote: '192.0.2.0/24', time: START + 1 })];
    const figures = figuresOf([noted, { ...noted, name: 'second' }], logins);
    expect(figures).toMatchObject({ hit: { good: 0, failed: 0, other: 0 }, cut: 1 });
    expect(figures.rules.map(({ rule, logins: { good } }) => [rule.name, good])).toEqual([
      ['noted', 1],
      ['second', 0],
    ]);
    expect(figures.rules[0]!.first[0]!.effect).toBeNull();
  });

  it('takes a refusal of a policy for a failure, and what nobody reported, or could not be tried, for nothing', () => {
    const refused = heard({ outcome: 'refused', effect: { action: 'reject', message: null }, userKey: key(1) });
    const untried = heard({ outcome: 'refused', userKey: key(2), time: START + 1 });
    const silent = heard({ outcome: null, userKey: key(3), time: START + 2, session: 't' });
    const failed = [4, 5, 6].map((user) =>
      heard({ outcome: 'failed', userKey: key(user), time: START + user, session: 'u' }),
    );
    const figures = figuresOf([spray], [refused, untried, silent, ...failed]);
    expect(figures).toMatchObject({ logins: { good: 0, failed: 3, other: 3 }, refused: 1 });
    // Users 1, 4 and 5 failed before user 6: not 2 and 3.
    expect(figures.rules[0]!.first.map(({ login }) => login.userKey)).toEqual([key(6)]);
  });
});

describe('rules that are replayed', () => {
  it('only report, know users by their keys, and tell which patterns they cannot use', () => {
    const names: Rule = {
      ...newClient,
      when: { user: ['Bob@example.org', '*@example.org', '*'] },
      unless: [{ user: ['eve'] }],
    };
    const { rules, patterns } = replayedRules(
      [names, noted, { ...noted, name: 'all', when: { user: ['*'] } }],
      (name) => `key of ${name}`,
    );
    expect(patterns).toEqual(['take-over']);
    expect(rules[0]).toMatchObject({
      when: { user: ['key of Bob@example.org', '*@example.org', '*'] },
      unless: [{ user: ['key of eve'] }],
      enforce: false,
    });
    expect(rules[1]).toEqual({ ...noted, enforce: false });
  });
});

describe('rows one after the other', () => {
  const rows = Array.from({ length: 3 * REPLAYED_AT_ONCE + 1 }, (_, i) => i);

  it('are all taken, with turns for others in between', async () => {
    const taken: number[] = [];
    const turns: number[] = [];
    const last = await takeAll(
      rows,
      (row) => taken.push(row),
      new AbortController().signal,
      (row) => turns.push(row),
    );
    expect([last, taken]).toEqual([null, rows]);
    expect(turns).toEqual([1, 2, 3].map((n) => n * REPLAYED_AT_ONCE - 1));
  });

  it('are cut short at the next turn when that is wanted', async () => {
    const controller = new AbortController();
    const taken: number[] = [];
    const take = (row: number) => {
      taken.push(row);
      if (row === REPLAYED_AT_ONCE + 7) controller.abort();
    };
    const last = await takeAll(rows, take, controller.signal, () => {});
    expect(last).toBe(2 * REPLAYED_AT_ONCE - 1);
    expect(taken).toEqual(rows.slice(0, 2 * REPLAYED_AT_ONCE));
  });
});
