import type { UsualRow } from '../../model/index.js';
import type { PolicyPast } from '../decide/options.js';
import { secondsOf } from './clock.js';
import type { Counter, Parts } from './counter.js';
import { MAX_LAG, MAX_RESET, PARTS, RESTORED_AT_ONCE } from './limits.js';
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
  const filled = fresh.map(({ spec, counter }) => ({
    counter,
    from: now - reach(spec),
    since: new Map<string, number>(),
    waiting: [] as UsualRow[],
  }));
  const byName = new Map(filled.map((each) => [each.counter.name, each]));
  const restore = ({ counter, waiting }: (typeof filled)[number]) => counter.restore(waiting.splice(0), secondsOf(now));
  for (const row of past.usual()) {
    const into = byName.get(row.counter);
    if (into === undefined) continue;
    into.waiting.push(row);
    // What was reset before that is behind all that is read.
    if (row.since * 1000 > into.from && into.since.size < MAX_RESET) into.since.set(row.key, row.since);
    if (into.waiting.length >= RESTORED_AT_ONCE) restore(into);
  }
  filled.forEach(restore);
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
