import type { UsualRow } from '../../model/index.js';
import type { PolicyPast } from '../decide/options.js';
import { secondsOf } from './clock.js';
import type { Counter, Parts } from './counter.js';
import { MAX_LAG, PARTS } from './limits.js';
import type { CounterSpec, HistoryLogin } from './questions.js';
import { whereIs } from './where.js';

/** What a login is counted per. */
export function partsOf({ device, remote, userKey }: HistoryLogin): Parts {
  const where = remote === null ? null : whereIs(remote);
  return { fingerprint: device, network: where?.network ?? null, address: where?.address ?? null, user: userKey };
}

/** The device's keys, its own first; none where no device is told. */
export function devicesOf({ device, aliases = [] }: Pick<HistoryLogin, 'device' | 'aliases'>): readonly string[] {
  return device === null ? [] : [device, ...aliases];
}

/** The same by each key of its device. */
export function partsOfEach(login: HistoryLogin): readonly Parts[] {
  const devices = devicesOf(login);
  return devices.length === 0 ? [partsOf(login)] : devices.map((device) => partsOf({ ...login, device }));
}

export function isTime(time: number): boolean {
  return Number.isFinite(time) && time >= 0;
}

/** Fills new counters with what was kept: what is usual, and the logins that are still in a window. */
export function fillCounters(
  fresh: readonly { readonly spec: CounterSpec; readonly counter: Counter }[],
  past: Pick<PolicyPast, 'usual' | 'heard'>,
  now: number,
): void {
  const rows = new Map<string, UsualRow[]>(fresh.map(({ counter }) => [counter.name, []]));
  for (const row of past.usual()) rows.get(row.counter)?.push(row);
  const filled = fresh.map(({ spec, counter }) => {
    const known = rows.get(counter.name)!;
    counter.restore(known, secondsOf(now));
    return { counter, from: now - reach(spec), since: new Map(known.map(({ key, since }) => [key, since])) };
  });
  for (const heard of past.heard(Math.min(...filled.map(({ from }) => from)))) {
    const { time, device, remote, userKey, outcome } = heard;
    if (outcome === null || outcome === 'none' || !isTime(time) || time > now + MAX_LAG) continue;
    const login = { time, parts: partsOf({ time, device, remote, userKey }), failed: outcome !== 'succeeded' };
    for (const { counter, from, since } of filled) if (time >= from) counter.replay(login, since);
  }
}

/** How far back logins matter, in milliseconds. What was highest in the window that is not over is kept with what is usual. */
function reach({ window }: CounterSpec): number {
  return (1 + 1 / PARTS) * window * 1000;
}
