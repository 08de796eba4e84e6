import { describe, expect, it } from 'vitest';
import { type CounterSpec, type History, openHistory } from '../../../../src/policy/history/index.js';
import { DAY, learning, login, wide } from './made-up.js';

const spec: CounterSpec = { count: 'failures', per: ['fingerprint'], window: 3600, usual: true };

/** Midnight on a Monday, UTC. */
const MONDAY = Date.UTC(2026, 0, 5);

const HOUR = 3_600_000;

const open = (): History => openHistory({ counters: [spec], learning, limits: wide, past: null, now: () => MONDAY });

/** So many failures in an hour, a minute apart, so that none is in the hours before and after it. */
function fail(history: History, hour: number, times: number): void {
  for (let i = 0; i < times; i++) history.add(login({ time: hour + HOUR / 4 + i * 1000 }), 'failed');
}

const usualAt = (history: History, time: number): number | null => history.count(spec, login({ time }))!.usual;

/** Days with the same count every day at ten. */
function daysOf(history: History, first: number, days: number, times: number): void {
  for (let day = 0; day < days; day++) fail(history, first + day * DAY + 10 * HOUR, times);
}

describe('what is usual', () => {
  it('is not known of a key that is new, nor before a week is over', () => {
    const history = open();
    expect(usualAt(history, MONDAY)).toBeNull();
    daysOf(history, MONDAY, 7, 10);
    expect(usualAt(history, MONDAY + 7 * DAY + 10 * HOUR)).toBeNull();
    expect(usualAt(history, MONDAY + 7 * DAY + 11 * HOUR)).toBe(10);
  });

  it('is the highest of the day by night too, and that of Monday on Sunday', () => {
    const history = open();
    fail(history, MONDAY + 9 * HOUR, 30);
    for (let day = 1; day < 14; day++) fail(history, MONDAY + day * DAY + 9 * HOUR, day === 7 ? 30 : 2);
    for (let hour = 0; hour < 24 * 7; hour++) expect(usualAt(history, MONDAY + 8 * DAY + hour * HOUR)).toBe(30);
  });

  it('stays for eight days, and then halves every week, though nothing happens', () => {
    const history = open();
    daysOf(history, MONDAY, 8, 16);
    const learned = MONDAY + 7 * DAY + 11 * HOUR;
    expect(usualAt(history, learned + 8 * DAY)).toBe(16);
    expect(usualAt(history, learned + 15 * DAY)).toBeCloseTo(8, 9);
    expect(usualAt(history, learned + 22 * DAY)).toBeCloseTo(4, 9);
  });

  it('does not double in less than four days while an attack goes on, be it all day or once a day', () => {
    for (const hours of [1, 24]) {
      const history = open();
      daysOf(history, MONDAY, 14, 4);
      for (let day = 14; day < 30; day++) {
        for (let hour = 0; hour < hours; hour++) fail(history, MONDAY + day * DAY + hour * HOUR, 500);
        const past = day - 13;
        expect(usualAt(history, MONDAY + (day + 1) * DAY)).toBeLessThanOrEqual(4 * 2 ** ((past + 1) / 4) + 1e-9);
      }
      // It is learned, in the end.
      expect(usualAt(history, MONDAY + 30 * DAY)).toBeGreaterThan(40);
    }
  });

  it('is not learned faster after a quiet month', () => {
    const history = open();
    daysOf(history, MONDAY, 8, 4);
    fail(history, MONDAY + 30 * DAY, 500);
    expect(usualAt(history, MONDAY + 30 * DAY + HOUR)).toBeLessThan(4);
    fail(history, MONDAY + 30 * DAY + HOUR, 500);
    expect(usualAt(history, MONDAY + 30 * DAY + 2 * HOUR)).toBeLessThan(4);
  });

  it('begins at one where nothing was usual', () => {
    const history = open();
    history.add(login({ time: MONDAY }), 'failed');
    fail(history, MONDAY + 30 * DAY, 500);
    expect(usualAt(history, MONDAY + 30 * DAY + HOUR)).toBeCloseTo(2 ** (1 / 4), 9);
  });

  it('is learned anew of a key that was not seen for longer than is kept', () => {
    const history = open();
    daysOf(history, MONDAY, 8, 16);
    const late = MONDAY + (8 + wide.days) * DAY;
    expect(usualAt(history, late)).toBeNull();
    fail(history, late, 3);
    expect(usualAt(history, late + 6 * DAY)).toBeNull();
    expect(usualAt(history, late + 8 * DAY)).toBe(3);
  });

  it('is not known before three windows are over, where these are long', () => {
    const long: CounterSpec = { ...spec, window: 7 * 86_400 };
    const history = openHistory({ counters: [long], learning, limits: wide, past: null, now: () => MONDAY });
    // Windows of a week begin on Thursdays, as 1970 did.
    const thursday = MONDAY + 3 * DAY;
    for (let day = 0; day < 30; day++) {
      const time = thursday + day * DAY;
      history.add(login({ time }), 'failed');
      expect(history.count(long, login({ time }))!.usual === null).toBe(day < 21);
    }
  });
});
