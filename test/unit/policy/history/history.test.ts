import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CounterSpec, type History, openHistory } from '../../../../src/policy/history/index.js';
import { KeptPast, login, logins, START, specs, wide } from './made-up.js';
import { PlainHistory, type PlainLogin } from './plain-history.js';

/** Short enough for random logins to be forgotten. */
const limits = { ...wide, days: 15 };

const open = (past: KeptPast | null = null, now = START): History =>
  openHistory({ counters: specs, learning: { logins: 3, days: 4 }, limits, past, now: () => now });

/** All that can be asked about a login. */
const answers = (history: History, login: PlainLogin) => ({
  client: history.client(login),
  network: history.network(login),
  totals: history.totals(login),
  counts: specs.map((spec) => history.count(spec, login)),
});

describe('a history', () => {
  it('answers of random logins what a plain one answers', () => {
    fc.assert(
      fc.property(logins(60), (all) => {
        const history = open();
        const plain = new PlainHistory(limits.days);
        for (const login of all) {
          for (const [found, wanted] of [
            [history.client(login), plain.client(login)],
            [history.network(login), plain.network(login)],
          ] as const) {
            const learned = wanted !== null && wanted.logins >= 3 && wanted.days >= 4;
            expect(found).toEqual(wanted && { ...wanted, learned });
          }
          expect(history.totals(login)).toEqual(plain.totals(login));
          for (const spec of specs) {
            const found = history.count(spec, login);
            const count = plain.counted(spec, login);
            if (found === null || count === null) {
              expect({ found, count }).toEqual({ found: null, count: null });
              continue;
            }
            expect(found.count).toBe(count);
            const usual = spec.usual ? plain.usual(spec, login) : null;
            if (usual === null) expect(found.usual).toBeNull();
            else expect(found.usual).toBeCloseTo(usual, 9);
          }
          history.add(login, login.outcome);
          plain.add(login);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts what is in the window, and nothing that is more than a thirtieth older', () => {
    fc.assert(
      fc.property(logins(60), (all) => {
        const history = open();
        const plain = new PlainHistory(limits.days);
        for (const login of all) {
          for (const spec of specs) {
            const count = history.count(spec, login)?.count;
            if (count === undefined) continue;
            expect(count).toBeGreaterThanOrEqual(plain.within(spec, login, spec.window)!);
            expect(count).toBeLessThanOrEqual(plain.within(spec, login, (spec.window * 31) / 30)!);
          }
          history.add(login, login.outcome);
          plain.add(login);
        }
      }),
    );
  });

  it('answers the same after a restart', () => {
    fc.assert(
      fc.property(logins(80), fc.nat(), fc.nat(), (all, first, second) => {
        const past = new KeptPast();
        const whole = open();
        let restarted = open();
        const stops = new Set([first % all.length, second % all.length]);
        all.forEach((login, i) => {
          if (stops.has(i)) {
            past.take(restarted);
            restarted = open(past, login.time);
          }
          expect(answers(restarted, login)).toEqual(answers(whole, login));
          whole.add(login, login.outcome);
          restarted.add(login, login.outcome);
          past.hear(login);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('knows a client by each of its keys, and counts it in windows by its own', () => {
    const history = open();
    const counted: CounterSpec = { count: 'failures', per: ['fingerprint'], window: 600, usual: false };
    history.setCounters([counted], null);
    for (let i = 0; i < 3; i++) history.add(login({ device: 'by its hash' }), 'succeeded');
    history.add(login({ device: 'by its hash' }), 'failed');
    history.add(login({ device: 'by its string' }), 'succeeded');
    const asked = login({ device: 'by its string', aliases: ['by its hash', 'never seen'] });
    expect(history.client(asked)).toMatchObject({ logins: 4, same: 4 });
    expect(history.totals(asked)).toEqual({ succeeded: 4, failed: 1 });
    expect(history.count(counted, asked)).toEqual({ count: 0, usual: null });
    // What becomes of it is kept under its own key.
    history.add(asked, 'succeeded');
    expect(history.client(login({ device: 'by its hash' }))).toMatchObject({ logins: 5, same: 3 });
    expect(history.client(login({ device: 'by its string' }))).toMatchObject({ logins: 5, same: 2 });
    expect(history.client(login({ device: null, aliases: [] }))).toBeNull();
    expect(history.totals(login({ device: null, aliases: [] }))).toBeNull();
  });

  it('has nothing to tell twice', () => {
    fc.assert(
      fc.property(logins(30), (all) => {
        const history = open();
        for (const login of all) history.add(login, login.outcome);
        new KeptPast().take(history);
        expect(history.changes()).toEqual({ userClients: [], userNetworks: [], devices: [], usual: [] });
      }),
    );
  });
});
