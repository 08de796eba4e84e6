import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../../src/policy/history/index.js';
import { DAY, learning, login, logins, START, specs, wide } from './made-up.js';

const open = () => openHistory({ counters: specs, learning, limits: wide, past: null, now: () => START });
const [perDevice] = specs;

/** Everything about a login but what is usual. */
const answers = (history: ReturnType<typeof open>, time: number, user: string, device: string) => {
  const asked = login({ time, userKey: user, device });
  return {
    client: history.client(asked),
    network: history.network(asked),
    totals: history.totals(asked),
    counts: specs.map((spec) => history.count(spec, asked)!.count),
  };
};

describe('clocks', () => {
  it('of several servers may differ by seconds: it makes no difference in which order logins are told', () => {
    fc.assert(
      fc.property(
        logins(40),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 40, maxLength: 40 }),
        (all, late) => {
          const inOrder = open();
          const mixed = open();
          for (const each of all) inOrder.add(each, each.outcome);
          const told = all.map((each, i) => ({ each, at: each.time + late[i]! })).sort((a, b) => a.at - b.at);
          for (const { each } of told) mixed.add(each, each.outcome);
          const end = all.at(-1)!.time + 25_000;
          for (const user of ['user1', 'user2']) {
            for (const device of ['device1', 'device2']) {
              expect(answers(mixed, end, user, device)).toEqual(answers(inOrder, end, user, device));
            }
          }
        },
      ),
    );
  });

  it('may be behind by more than a short window, and the login counts', () => {
    const history = open();
    const perAddress = specs[2]!;
    history.add(login(), 'failed');
    for (let late = 1; late <= 20; late++) history.add(login({ time: START - 297_000 - late * 3000 }), 'failed');
    expect(history.count(perAddress, login())!.count).toBe(21);
    expect(history.count(perAddress, login({ time: START - 300_000 }))!.count).toBe(21);
    // They count as long as if they had been told of now.
    expect(history.count(perAddress, login({ time: START + 58_000 }))!.count).toBe(21);
    expect(history.count(perAddress, login({ time: START + 62_000 }))!.count).toBe(0);
  });

  it('that are behind make no user older', () => {
    const history = open();
    history.add(login(), 'failed');
    history.add(login({ time: START - 300_000 }), 'failed');
    expect(history.count(perDevice!, login({ time: START + 500_000 }))!.count).toBe(1);
  });

  it.each([
    ['far ahead', START + 20_000 * DAY],
    ['ahead by some days', START + 90 * DAY],
    ['in 1970', 5000],
  ])('%s harm what the login is about, and little else', (_, wrong) => {
    const history = open();
    const users = Array.from({ length: 50 }, (__, n) => n);
    for (let day = 0; day < 20; day++) {
      for (const n of users) {
        history.add(
          login({ time: START + day * DAY + n * 60_000, userKey: `user${n}`, device: `device${n}` }),
          'succeeded',
        );
      }
    }
    const now = START + 19 * DAY + 3_600_000;
    history.add(login({ time: now, userKey: 'user7', device: 'device7' }), 'failed');
    for (const n of [7, 8]) history.add(login({ time: wrong, userKey: `user${n}`, device: `device${n}` }), 'succeeded');
    const learned = (time: number) =>
      users.filter((n) => history.client(login({ time, userKey: `user${n}`, device: `device${n}` }))!.learned);
    // The users themselves, and with each two that were longest unseen.
    expect(learned(now + 1000).length).toBeGreaterThanOrEqual(44);
    for (const n of [7, 30]) {
      const asked = { userKey: `user${n}`, device: `device${n}` };
      history.add(login({ time: now + 2000, ...asked }), 'failed');
      history.add(login({ time: now + 3000, ...asked }), 'succeeded');
      const later = login({ time: now + 4000, ...asked });
      expect(history.count(perDevice!, later)!.count).toBe(1);
      expect(history.client(later)!.same).toBeGreaterThan(0);
    }
    // What was put into the future does not stay there.
    const end = now + 2 * wide.days * DAY;
    for (let i = 0; i < 200; i++)
      history.add(login({ time: end + i * wide.days * DAY, userKey: 'user1', device: 'device1' }), 'succeeded');
    expect(history.size.users).toBe(1);
  });

  it('that tell no time are left out', () => {
    const history = open();
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, -1]) history.add(login({ time }), 'succeeded');
    expect(history.size).toEqual({ users: 0, clients: 0, networks: 0, devices: 0, keys: 0, counted: 0 });
  });

  it('that are wrong for a login do not take away what is usual', () => {
    const history = open();
    for (let day = 0; day < 10; day++) {
      for (let n = 0; n < 5; n++) {
        history.add(login({ time: START + day * DAY, userKey: `user${n}` }), 'failed');
      }
    }
    const now = START + 10 * DAY;
    expect(history.count(perDevice!, login({ time: now }))!.usual).toBe(5);
    history.add(login({ time: START + 30 * DAY }), 'failed');
    history.add(login({ time: now }), 'failed');
    expect(history.count(perDevice!, login({ time: now + 1000 }))!.usual).toBe(5);
    // And it goes on to be learned.
    for (let day = 11; day < 14; day++) {
      for (let n = 0; n < 6; n++) history.add(login({ time: START + day * DAY, userKey: `user${n}` }), 'failed');
    }
    expect(history.count(perDevice!, login({ time: START + 14 * DAY }))!.usual).toBe(6);
  });
});
