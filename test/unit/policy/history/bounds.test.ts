import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../../src/policy/history/index.js';
import { DAY, KeptPast, learning, login, logins, START, specs, wide } from './made-up.js';

const narrow = {
  users: 3,
  clientsPerUser: 2,
  networksPerUser: 1,
  devices: 2,
  keysPerCounter: 2,
  usersPerCount: 2,
  days: 40,
};
const failedUsers = { count: 'failed_users', per: ['fingerprint'], window: 3600, usual: false } as const;
const open = (limits = narrow, past: KeptPast | null = null) =>
  openHistory({ counters: specs, learning, limits, past, now: () => START + 60_000 });

describe('a history and its limits', () => {
  it('never remembers more than it may, be the logins what they will', () => {
    fc.assert(
      fc.property(logins(120), (all) => {
        const history = open();
        for (const each of all) {
          history.add(each, each.outcome);
          const { users, clients, networks, devices, keys, counted } = history.size;
          expect(users).toBeLessThanOrEqual(3);
          expect(clients).toBeLessThanOrEqual(6);
          expect(networks).toBeLessThanOrEqual(3);
          expect(devices).toBeLessThanOrEqual(2);
          expect(keys).toBeLessThanOrEqual(2 * specs.length);
          expect(counted).toBeLessThanOrEqual(2 * 2 * specs.length);
          expect(history.count(specs[0]!, each)?.count ?? 0).toBeLessThanOrEqual(2);
        }
      }),
    );
  });

  it('takes no more of the past than it may, and the newest of it', () => {
    const past = new KeptPast();
    const large = open(wide);
    for (let i = 0; i < 10; i++) {
      // In an order that is not that of their times.
      const n = (i * 7) % 10;
      large.add(login({ time: START + n * 1000, userKey: `user${n}`, device: `device${n}` }), 'succeeded');
      large.add(login({ time: START + n * 1000, userKey: 'user9', device: `device${n}` }), 'succeeded');
    }
    past.take(large);
    const history = open(narrow, past);
    expect(history.size).toMatchObject({ users: 3, devices: 2 });
    const knows = (userKey: string, device: string) => history.client(login({ userKey, device }))!.same > 0;
    expect([7, 8].filter((n) => knows(`user${n}`, `device${n}`))).toEqual([7, 8]);
    expect(Array.from({ length: 10 }, (_, n) => n).filter((n) => knows('user9', `device${n}`))).toEqual([8, 9]);
    expect(
      Array.from({ length: 10 }, (_, n) => n).filter(
        (n) => history.totals(login({ device: `device${n}` }))!.succeeded > 0,
      ),
    ).toEqual([8, 9]);
  });

  it('lets the longest unseen go: of users, of their devices, and of all devices', () => {
    const history = open();
    const succeed = (seconds: number, userKey: string, device: string) =>
      history.add(login({ time: START + seconds * 1000, userKey, device }), 'succeeded');
    succeed(0, 'a', '1');
    succeed(1, 'b', '1');
    succeed(2, 'c', '1');
    succeed(3, 'a', '2');
    succeed(4, 'd', '1'); // b goes
    succeed(5, 'a', '1');
    succeed(6, 'a', '3'); // a's 2 goes, and of all devices 2 too
    const now = START + 7000;
    const knows = (userKey: string, device: string) => history.client(login({ time: now, userKey, device }))!.same;
    expect([
      knows('a', '1'),
      knows('a', '2'),
      knows('a', '3'),
      knows('b', '1'),
      knows('c', '1'),
      knows('d', '1'),
    ]).toEqual([2, 0, 1, 0, 1, 1]);
    expect(history.totals(login({ device: '2' }))).toEqual({ succeeded: 0, failed: 0 });
    expect(history.totals(login({ device: '1' }))).toEqual({ succeeded: 5, failed: 0 });
  });

  it('tells users apart up to the limit, stands still there, and goes on once they are out of the window', () => {
    const history = openHistory({
      counters: [failedUsers],
      learning,
      limits: { ...wide, usersPerCount: 3 },
      past: null,
      now: () => START,
    });
    const countAfter = (seconds: number, userKey: string) => {
      const time = START + seconds * 1000;
      history.add(login({ time, userKey }), 'failed');
      return history.count(failedUsers, login({ time }))!.count;
    };
    expect([1, 2, 2, 3, 4, 5].map((n) => countAfter(n, `user${n}`))).toEqual([1, 2, 2, 3, 3, 3]);
    expect([6, 7, 8].map((n) => countAfter(7200 + n, `user${n}`))).toEqual([1, 2, 3]);
    // Seen again, they stay; one comes for each that has gone.
    expect(countAfter(7200 + 1800, 'user6')).toBe(3);
    expect(countAfter(10800 + 200, 'user9')).toBe(2);
  });

  it('remembers users of all keys of a counter up to ten for each, the keys longest unseen going first', () => {
    const limits = { ...wide, keysPerCounter: 3, usersPerCount: 25 };
    const history = openHistory({ counters: [failedUsers], learning, limits, past: null, now: () => START });
    for (const device of ['1', '2']) {
      for (let n = 0; n < 20; n++) history.add(login({ userKey: `user${n}`, device }), 'failed');
    }
    expect(history.size.counted).toBe(20);
    const countOf = (device: string) => history.count(failedUsers, login({ device }))!.count;
    expect([countOf('1'), countOf('2')]).toEqual([0, 20]);
  });

  it('gives memory back as windows and days pass', () => {
    const history = openHistory({ counters: [failedUsers], learning, limits: wide, past: null, now: () => START });
    for (let n = 0; n < 100; n++)
      history.add(login({ userKey: `user${n}`, device: `device${n}` }), n % 2 ? 'failed' : 'succeeded');
    expect(history.size).toMatchObject({ users: 50, clients: 50, networks: 50, keys: 50, counted: 50 });
    const later = START + 2 * DAY;
    for (let n = 0; n < 50; n++) history.add(login({ time: later, userKey: 'user0', device: 'device0' }), 'succeeded');
    expect(history.size).toMatchObject({ users: 50, keys: 0, counted: 0 });
    const muchLater = START + 50 * DAY;
    for (let n = 0; n < 50; n++)
      history.add(login({ time: muchLater, userKey: 'user0', device: 'device0' }), 'succeeded');
    expect(history.size).toMatchObject({ users: 1, clients: 1, networks: 1 });
  });

  it('keeps devices that succeeded, however many others fail, be it before or after a restart', () => {
    const past = new KeptPast();
    const limits = { ...wide, devices: 8 };
    const history = open(limits);
    const known = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const device of known) history.add(login({ device }), 'succeeded');
    for (let n = 0; n < 100; n++) history.add(login({ time: START + 1000 + n, device: `made up ${n}` }), 'failed');
    const knows = (of: typeof history) => known.map((device) => of.totals(login({ device }))!.succeeded);
    expect(knows(history)).toEqual([1, 1, 1, 1, 1, 1]);
    // Two places are left to new ones, so that they are counted too.
    expect([97, 98, 99].map((n) => history.totals(login({ device: `made up ${n}` }))!.failed)).toEqual([0, 1, 1]);
    expect(history.size.devices).toBe(8);
    past.take(history);
    expect(knows(open(limits, past))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('keeps what is usual of those that were watched for a week, however many others come', () => {
    const spec = { count: 'failures', per: ['fingerprint'], window: 3600, usual: true } as const;
    const limits = { ...wide, keysPerCounter: 8 };
    const openCounting = (past: KeptPast | null, now: number) =>
      openHistory({ counters: [spec], learning, limits, past, now: () => now });
    const past = new KeptPast();
    const history = openCounting(null, START);
    const known = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (let day = 0; day < 9; day++) {
      for (const device of known) history.add(login({ time: START + day * DAY, device }), 'failed');
    }
    const now = START + 9 * DAY;
    for (let n = 0; n < 100; n++) history.add(login({ time: now + n, device: `made up ${n}` }), 'failed');
    const usual = (of: typeof history) => known.map((device) => of.count(spec, login({ time: now, device }))!.usual);
    expect(usual(history)).toEqual([1, 1, 1, 1, 1, 1]);
    past.take(history);
    expect(usual(openCounting(past, now + 100))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('reads any number of rows that were kept, with no more in memory than it needs', () => {
    let most = 0;
    const history = open({ ...wide, devices: 10, keysPerCounter: 10 });
    const seen = (n: number) => Math.floor(START / 1000) - 10_000 + ((n * 7919) % 10_000);
    const rows = Array.from({ length: 10_000 }, (_, n) => n);
    history.restore({
      userClients: () => [],
      userNetworks: () => [],
      *devices() {
        for (const n of rows) {
          most = Math.max(most, history.size.devices);
          yield { device: `${n}`, firstSeen: seen(n), lastSeen: seen(n), succeeded: 0, failed: 1 };
        }
      },
    });
    expect(most).toBeLessThanOrEqual(20);
    expect(history.size.devices).toBe(10);
    const known = rows.filter((n) => history.totals(login({ device: `${n}` }))!.failed > 0);
    const newest = rows.toSorted((a, b) => seen(b) - seen(a)).slice(0, 10);
    expect(new Set(known)).toEqual(new Set(newest));
  });
});
