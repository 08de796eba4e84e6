import { describe, expect, it } from 'vitest';
import { type CounterSpec, openHistory } from '../../../../src/policy/history/index.js';
import { DAY, KeptPast, learning, login, wide } from './made-up.js';
import type { PlainLogin } from './plain-history.js';

const MIDNIGHT = Date.UTC(2026, 0, 5);

const MINUTE = 60_000;

function open(spec: CounterSpec, past: KeptPast | null, now: number) {
  return openHistory({ counters: [spec], learning, limits: wide, past, now: () => now });
}

const failed = (time: number): PlainLogin => ({ ...login({ time }), outcome: 'failed' });

describe('a restart', () => {
  it('reads logins as far back as they count', () => {
    const spec: CounterSpec = { count: 'failures', per: ['address'], window: 3600, usual: false };
    const past = new KeptPast();
    past.hear(failed(MIDNIGHT));
    // Parts are of two minutes: the first counts until thirty others are over.
    const countAt = (now: number) => open(spec, past, now).count(spec, login({ time: now }))!.count;
    expect(countAt(MIDNIGHT + 62 * MINUTE - 1)).toBe(1);
    expect(countAt(MIDNIGHT + 62 * MINUTE)).toBe(0);
  });

  it('does not learn again what was learned', () => {
    const spec: CounterSpec = { count: 'failures', per: ['fingerprint'], window: 86_400, usual: true };
    const past = new KeptPast();
    const whole = open(spec, null, MIDNIGHT);
    const add = (time: number) => {
      whole.add(failed(time), 'failed');
      past.hear(failed(time));
    };
    for (let day = 0; day < 9; day++) for (let n = 0; n < 4; n++) add(MIDNIGHT + day * DAY + n * MINUTE);
    for (let n = 0; n < 500; n++) add(MIDNIGHT + 9 * DAY + 600 * MINUTE + n);
    add(MIDNIGHT + 10 * DAY + 60 * MINUTE);
    past.take(whole);
    const now = MIDNIGHT + 10 * DAY + 120 * MINUTE;
    const next = open(spec, past, now);
    for (const time of [now, MIDNIGHT + 11 * DAY, MIDNIGHT + 12 * DAY]) {
      expect(next.count(spec, login({ time }))).toEqual(whole.count(spec, login({ time })));
    }
    // Eight: the end of one day's four is still counted when the next four come.
    expect(next.count(spec, login({ time: now }))!.usual).toBeCloseTo(8 * 2 ** (1 / 4), 9);
  });

  it('makes nothing younger', () => {
    const spec: CounterSpec = { count: 'failures', per: ['address'], window: 3600, usual: false };
    const past = new KeptPast();
    const first = open(spec, null, MIDNIGHT);
    first.add(login({ time: MIDNIGHT, device: 'device1' }), 'succeeded');
    first.add(login({ time: MIDNIGHT + DAY, device: 'device2' }), 'succeeded');
    past.take(first);
    const second = open(spec, past, MIDNIGHT + 2 * DAY);
    const same = (device: string, day: number) => second.client(login({ time: MIDNIGHT + day * DAY, device }))!.same;
    expect([same('device1', wide.days), same('device1', wide.days + 1), same('device2', wide.days + 1)]).toEqual([
      1, 0, 1,
    ]);
    // Nor are rows written again that nothing has changed of.
    second.add(login({ time: MIDNIGHT + 2 * DAY, device: 'device2' }), 'failed');
    expect(second.changes()).toMatchObject({
      userClients: [],
      userNetworks: [],
      devices: [{ device: 'device2', failed: 1 }],
      usual: [],
    });
  });

  it('passes over what cannot be: rows and logins from the future, and networks that are none', () => {
    const spec: CounterSpec = { count: 'logins', per: ['user'], window: 3600, usual: true };
    const past = new KeptPast();
    const wrong = open(spec, null, MIDNIGHT);
    const future: PlainLogin = { ...login({ time: MIDNIGHT + 9000 * DAY }), outcome: 'succeeded' };
    wrong.add(future, 'succeeded');
    past.take(wrong);
    past.hear(future);
    const history = openHistory({
      counters: [spec],
      learning,
      limits: wide,
      now: () => MIDNIGHT,
      past: {
        userClients: () => past.userClients(),
        userNetworks: () => [
          { userKey: 'user1', network: 'nowhere', firstSeen: 0, lastSeen: MIDNIGHT / 1000, succeeded: 1 },
        ],
        devices: () => past.devices(),
        usual: () => past.usual(),
        listed: () => past.listed(),
        heard: (since) => past.heard(since),
      },
    });
    expect(history.size).toEqual({ users: 1, clients: 1, networks: 0, devices: 1, keys: 0, counted: 0 });
    expect(history.client(login({ time: MIDNIGHT }))).toEqual({ logins: 1, days: 0, same: 1, learned: false });
    expect(history.count(spec, login({ time: MIDNIGHT }))).toEqual({ count: 0, usual: null });
  });
});
