import { describe, expect, it } from 'vitest';
import { type CounterSpec, type HistoryKey, openHistory } from '../../../../src/policy/history/index.js';
import { DAY, KeptPast, learning, login, START, wide } from './made-up.js';
import type { PlainLogin } from './plain-history.js';

const failures = (...per: CounterSpec['per']): CounterSpec => ({
  count: 'failures',
  per,
  window: 86_400,
  usual: false,
});
const perUser = failures('user');
const perAddress = failures('address');
const perNetwork = failures('network');
const perDevice = failures('fingerprint');
const perBoth = failures('address', 'user');
const perDeviceAndNetwork = failures('fingerprint', 'network');
const baseline: CounterSpec = { count: 'logins', per: ['fingerprint'], window: 3600, usual: true };
const counters = [perUser, perAddress, perNetwork, perDevice, perBoth, perDeviceAndNetwork, baseline];

const NOW = START + 20 * DAY;

/** Two users from two addresses of one network with two devices, twenty days of good logins and some bad ones now; and what is kept of them. */
function played() {
  const past = new KeptPast();
  const history = openHistory({ counters, learning, limits: wide, past: null, now: () => NOW });
  const add = (each: Omit<PlainLogin, 'remote'> & { remote: string }) => {
    history.add(each, each.outcome);
    past.hear(each);
  };
  for (let day = 0; day < 20; day++) {
    for (const n of [1, 2]) {
      add({
        ...login({ time: START + day * DAY, userKey: `user${n}`, device: `device${n}` }),
        remote: `192.0.2.${n}`,
        outcome: 'succeeded',
      });
    }
  }
  for (const [user, address, device] of [
    [1, 1, 1],
    [1, 2, 1],
    [2, 2, 2],
  ]) {
    add({
      ...login({ time: NOW - 1000, userKey: `user${user}`, device: `device${device}` }),
      remote: `192.0.2.${address}`,
      outcome: 'failed',
    });
  }
  past.take(history);
  return { history, past, add };
}

const nothing: HistoryKey = { userKey: null, device: null, remote: null };

/** All that is known, after a reset, in this process and in the next one. */
function known(key: HistoryKey | null) {
  const { history, past } = played();
  if (key !== null) history.forget(key);
  past.take(history);
  const next = openHistory({ counters, learning, limits: wide, past, now: () => NOW });
  const [here, there] = [history, next].map((each) => {
    const count = (spec: CounterSpec, user: number, address: number, device: number) =>
      each.count(
        spec,
        login({ time: NOW, userKey: `user${user}`, remote: `192.0.2.${address}`, device: `device${device}` }),
      )!.count;
    return {
      users: [count(perUser, 1, 1, 1), count(perUser, 2, 1, 1)],
      addresses: [count(perAddress, 1, 1, 1), count(perAddress, 1, 2, 1)],
      networks: count(perNetwork, 1, 1, 1),
      devices: [count(perDevice, 1, 1, 1), count(perDevice, 1, 1, 2)],
      both: [count(perBoth, 1, 1, 1), count(perBoth, 1, 2, 1), count(perBoth, 2, 2, 1)],
      deviceAndNetwork: [count(perDeviceAndNetwork, 1, 1, 1), count(perDeviceAndNetwork, 1, 1, 2)],
      totals: [1, 2].map((n) => each.totals(login({ device: `device${n}` }))),
      familiar: [1, 2].map(
        (n) => each.client(login({ time: NOW, userKey: `user${n}`, device: `device${n}` }))!.learned,
      ),
      networksKnown: [1, 2].map((n) => each.network(login({ time: NOW, userKey: `user${n}` }))!.same),
      usual: [1, 2].map((n) => each.count(baseline, login({ time: NOW, device: `device${n}` }))!.usual),
    };
  });
  expect(there).toEqual(here);
  return here!;
}

const all = {
  users: [2, 1],
  addresses: [1, 2],
  networks: 3,
  devices: [2, 1],
  both: [1, 1, 1],
  deviceAndNetwork: [2, 1],
  totals: [
    { succeeded: 20, failed: 2 },
    { succeeded: 20, failed: 1 },
  ],
  familiar: [true, true],
  networksKnown: [20, 20],
  usual: [1, 1],
};

describe('what is reset', () => {
  it('is nothing where nothing is told', () => {
    expect(known(null)).toEqual(all);
    expect(known(nothing)).toEqual(all);
  });

  it('is all of a user, who may come with anything then; and stays so after a restart', () => {
    expect(known({ ...nothing, userKey: 'user1' })).toEqual({
      ...all,
      users: [0, 1],
      both: [0, 0, 1],
      familiar: [false, true],
      networksKnown: [0, 20],
    });
  });

  it('is what was counted of an address and of its network', () => {
    expect(known({ ...nothing, remote: '192.0.2.2' })).toEqual({
      ...all,
      addresses: [1, 0],
      networks: 0,
      both: [1, 0, 0],
      deviceAndNetwork: [0, 0],
    });
  });

  it('is what was counted of a network, and not of its addresses', () => {
    expect(known({ ...nothing, remote: '192.0.2.0/24' })).toEqual({ ...all, networks: 0, deviceAndNetwork: [0, 0] });
  });

  it('is all of a device, and not that users are used to it', () => {
    expect(known({ ...nothing, device: 'device1' })).toEqual({
      ...all,
      devices: [0, 1],
      deviceAndNetwork: [0, 1],
      totals: [{ succeeded: 0, failed: 0 }, all.totals[1]],
      usual: [null, 1],
    });
  });

  it('is all of a device by each of its keys', () => {
    expect(known({ ...nothing, device: 'device1', aliases: ['device2'] })).toEqual({
      ...all,
      devices: [0, 0],
      deviceAndNetwork: [0, 0],
      totals: [1, 2].map(() => ({ succeeded: 0, failed: 0 })),
      usual: [null, null],
    });
  });

  it('is of an address with a user only what was counted of both together', () => {
    expect(known({ ...nothing, userKey: 'user1', remote: '192.0.2.2' })).toEqual({ ...all, both: [1, 0, 1] });
  });

  it('counts again from then on, after a restart too', () => {
    const { history, past, add } = played();
    history.forget({ ...nothing, userKey: 'user1' });
    add({ ...login({ time: NOW + 5000 }), remote: '192.0.2.1', outcome: 'failed' });
    add({ ...login({ time: NOW + 6000 }), remote: '192.0.2.1', outcome: 'succeeded' });
    past.take(history);
    const next = openHistory({ counters, learning, limits: wide, past, now: () => NOW + 9000 });
    for (const each of [history, next]) {
      expect(each.count(perUser, login({ time: NOW + 9000 }))!.count).toBe(1);
      expect(each.client(login({ time: NOW + 9000 }))).toMatchObject({ logins: 1, same: 1 });
    }
  });
});

describe('counts of something', () => {
  it('are those of counters that are about nothing else, with users and devices', () => {
    const { history } = played();
    expect(history.countsOf({ ...nothing, userKey: 'user1' })).toEqual({
      user: { logins: 20, clients: 1, networks: 1 },
      'failures per user in 86400 s': { count: 2 },
    });
    expect(history.countsOf({ ...nothing, device: 'device2' })).toEqual({
      device: { succeeded: 20, failed: 1 },
      'failures per fingerprint in 86400 s': { count: 1 },
      'logins per fingerprint in 3600 s': { count: 1, usual: 1 },
    });
    expect(history.countsOf({ ...nothing, userKey: 'user1', remote: '192.0.2.2' })).toEqual({
      user: { logins: 20, clients: 1, networks: 1 },
      'failures per user in 86400 s': { count: 2 },
      'failures per address in 86400 s': { count: 2 },
      'failures per network in 86400 s': { count: 3 },
      'failures per address+user in 86400 s': { count: 1 },
    });
  });
});

describe('counts of a device that has several keys', () => {
  it('are those of all keys together, and of what is not about the device once', () => {
    const { history } = played();
    const key = { ...nothing, device: 'device1', aliases: ['device2'], remote: '192.0.2.2' };
    expect(history.countsOf(key)).toEqual({
      device: { succeeded: 40, failed: 3 },
      'failures per address in 86400 s': { count: 2 },
      'failures per network in 86400 s': { count: 3 },
      'failures per fingerprint in 86400 s': { count: 3 },
      'failures per fingerprint+network in 86400 s': { count: 3 },
      'logins per fingerprint in 3600 s': { count: 3, usual: 2 },
    });
  });
});

describe('other rules', () => {
  it('leave counters that they need as they are, and give others what the past tells of them', () => {
    const { history, past } = played();
    const other = failures('network', 'user');
    history.setCounters([perUser, other], past);
    expect(history.count(perUser, login({ time: NOW }))!.count).toBe(2);
    expect(history.count(other, login({ time: NOW }))!.count).toBe(2);
    history.setCounters([failures('fingerprint'), { ...perUser, usual: true }], null);
    expect(history.count(perUser, login({ time: NOW }))!.count).toBe(0);
    expect(() => history.count(other, login())).toThrow(TypeError);
  });
});
