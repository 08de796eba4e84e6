import type { CounterSpec, HistoryLogin, HistoryOutcome } from '../../../../src/policy/history/index.js';

const DAY = 86_400;

export interface PlainLogin extends HistoryLogin {
  readonly outcome: HistoryOutcome;
}

/** The network of an IPv4 address. */
export const networkOf = (address: string): string => address.replace(/\.\d+$/, '.0/24');

/** What the history is said to answer, slowly: every login is kept, and every answer is looked for among all of them. Addresses are IPv4. */
export class PlainHistory {
  readonly #logins: PlainLogin[] = [];
  readonly #days: number;

  /** @param days after which what was not seen again is forgotten */
  constructor(days: number) {
    this.#days = days;
  }

  add(login: PlainLogin): void {
    this.#logins.push(login);
  }

  client(asked: HistoryLogin) {
    return asked.device === null ? null : this.#known(asked, devicesOf(asked), ({ device }) => device);
  }

  network(asked: HistoryLogin) {
    const thing = asked.remote === null ? null : networkOf(asked.remote);
    return thing === null
      ? null
      : this.#known(asked, [thing], ({ remote }) => (remote === null ? null : networkOf(remote)));
  }

  totals(asked: HistoryLogin) {
    if (asked.device === null) return null;
    const devices = devicesOf(asked);
    const of = (outcome: HistoryOutcome) =>
      this.#logins.filter((login) => devices.includes(login.device) && login.outcome === outcome).length;
    return { succeeded: of('succeeded'), failed: of('failed') };
  }

  /** The logins that count in the window before a time, which is cut into parts of a thirtieth: the part that is going on, and thirty before it. */
  counted(spec: CounterSpec, asked: HistoryLogin, logins: readonly PlainLogin[] = this.#logins): number | null {
    const part = (spec.window * 1000) / 30;
    const end = Math.floor(asked.time / part);
    return this.#countOf(
      spec,
      asked,
      logins,
      (time) => Math.floor(time / part) <= end && Math.floor(time / part) >= end - 30,
    );
  }

  /** The same, of so many seconds before the time exactly. */
  within(spec: CounterSpec, asked: HistoryLogin, seconds: number): number | null {
    return this.#countOf(spec, asked, this.#logins, (time) => time <= asked.time && time > asked.time - seconds * 1000);
  }

  /** What is usual, window by window from the first login on. */
  usual(spec: CounterSpec, asked: HistoryLogin): number | null {
    const key = keyOf(spec, asked);
    const windowAt = (time: number) => Math.floor(time / 1000 / spec.window) * spec.window;
    const isOver = (before: PlainLogin, time: number) =>
      windowAt(before.time) < Math.floor(time / 1000) - this.#days * DAY;
    let mine = this.#logins.filter((login) => keyOf(spec, login) === key && counts(spec, login));
    const begun = mine.findLastIndex((login, i) => i > 0 && isOver(mine[i - 1]!, login.time));
    mine = mine.slice(Math.max(0, begun));
    if (key === null || mine.length === 0 || isOver(mine.at(-1)!, asked.time)) return null;
    const since = Math.floor(mine[0]!.time / 1000);
    const watched = (seconds: number) => seconds - since >= Math.max(7 * DAY, 3 * spec.window);
    const now = windowAt(asked.time);
    let usual = 0;
    let learned = windowAt(mine[0]!.time);
    const left = (at: number) => usual * Math.min(1, 2 ** ((8 * DAY - (at - learned)) / (7 * DAY)));
    for (let window = learned; window < now; window += spec.window) {
      const peaks = mine.flatMap((login, i) =>
        windowAt(login.time) === window ? [this.counted(spec, login, mine.slice(0, i + 1))!] : [],
      );
      const peak = Math.max(0, ...peaks);
      const end = window + spec.window;
      if (peak === 0 || peak < left(end)) continue;
      const most = Math.max(left(end), 1) * 2 ** (Math.min(end - learned, Math.max(DAY, spec.window)) / (4 * DAY));
      usual = watched(end) ? Math.min(peak, most) : peak;
      learned = end;
    }
    return watched(now) ? left(now) : null;
  }

  #known(asked: HistoryLogin, things: readonly unknown[], thingOf: (login: HistoryLogin) => string | null) {
    if (asked.userKey === null) return null;
    const seen = new Map<string, { first: number; last: number; logins: number }>();
    for (const login of this.#logins) {
      const of = thingOf(login);
      if (login.userKey !== asked.userKey || login.outcome !== 'succeeded' || of === null) continue;
      const seconds = Math.floor(login.time / 1000);
      const before = seen.get(of);
      const known =
        before !== undefined && before.last >= seconds - this.#days * DAY ? before : { first: seconds, logins: 0 };
      seen.set(of, { first: known.first, last: seconds, logins: known.logins + 1 });
    }
    const now = Math.floor(asked.time / 1000);
    const live = [...seen].filter(([, { last }]) => last >= now - this.#days * DAY);
    const logins = live.reduce((sum, [, each]) => sum + each.logins, 0);
    const days = live.length === 0 ? 0 : Math.floor((now - Math.min(...live.map(([, { first }]) => first))) / DAY);
    const same = live.filter(([of]) => things.includes(of)).reduce((sum, [, each]) => sum + each.logins, 0);
    return { logins, days, same };
  }

  #countOf(
    spec: CounterSpec,
    asked: HistoryLogin,
    logins: readonly PlainLogin[],
    isIn: (time: number) => boolean,
  ): number | null {
    const key = keyOf(spec, asked);
    if (key === null) return null;
    const found = logins.filter((login) => isIn(login.time) && keyOf(spec, login) === key && counts(spec, login));
    if (spec.count === 'logins' || spec.count === 'failures') return found.length;
    return new Set(found.flatMap(({ userKey }) => (userKey === null ? [] : [userKey]))).size;
  }
}

const devicesOf = ({ device, aliases = [] }: HistoryLogin): readonly (string | null)[] => [device, ...aliases];

const counts = (spec: CounterSpec, { outcome }: PlainLogin): boolean =>
  outcome !== 'succeeded' || spec.count === 'logins' || spec.count === 'users';

function keyOf({ per }: CounterSpec, { device, remote, userKey }: HistoryLogin): string | null {
  const values = {
    fingerprint: device,
    network: remote === null ? null : networkOf(remote),
    address: remote,
    user: userKey,
  };
  return per.some((each) => values[each] === null) ? null : per.map((each) => values[each]).join('\n');
}
