import type { PolicyBatch, UsualRow } from '../../model/index.js';
import type { HistoryLimits, Learning, PolicyPast } from '../decide/options.js';
import { secondsOf } from './clock.js';
import { devicesOf, fillCounters, isTime, partsOf, partsOfEach } from './counted.js';
import { type CountedLogin, Counter, counterName } from './counter.js';
import { Devices } from './devices.js';
import { CHANGES_AT_ONCE } from './limits.js';
import type { CounterSpec, Familiarity, HistoryLogin, HistoryQuestions, HistoryRecord } from './questions.js';
import { Users } from './users.js';
import { whereIs } from './where.js';

/** What was known before, without the logins that are counted again. */
export type HistoryRows = Pick<PolicyBatch, 'userClients' | 'userNetworks' | 'devices' | 'usual'>;

/** What is forgotten, or asked about: each value that is not null. */
export type HistoryKey = Omit<HistoryLogin, 'time'>;

export type HistoryOutcome = Parameters<HistoryRecord['add']>[1];

/** How much is remembered. */
export interface HistorySize {
  readonly users: number;
  readonly clients: number;
  readonly networks: number;
  readonly devices: number;
  /** Of all counters: keys, and users that are told apart. */
  readonly keys: number;
  readonly counted: number;
}

/**
 * The past of users, devices and counts, in memory. It has no clock and no timer but the logins' times; every step takes the same time however much is remembered, and
 * nothing grows beyond `HistoryLimits`.
 *
 * Times may go backwards a little, as several servers' do. One from a clock that is wrong harms what the login itself is about, and little else: what is forgotten for
 * its age is looked for two at a time.
 */
export class History implements HistoryQuestions, HistoryRecord {
  readonly #limits: HistoryLimits;
  readonly #now: () => number;
  readonly #users: Users;
  readonly #devices: Devices;
  #counters = new Map<string, Counter>();
  /** So that a rule's counter is found without making its name again. */
  #bySpec = new WeakMap<CounterSpec, Counter>();

  /** @param now milliseconds since 1970-01-01 UTC: when something is reset or asked about without a login */
  constructor(learning: Learning, limits: HistoryLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#users = new Users(learning, limits);
    this.#devices = new Devices(limits.devices);
  }

  get size(): HistorySize {
    const counters = [...this.#counters.values()];
    return {
      users: this.#users.size,
      ...this.#users.entries,
      devices: this.#devices.size,
      keys: counters.reduce((sum, { size }) => sum + size, 0),
      counted: counters.reduce((sum, { users }) => sum + users, 0),
    };
  }

  client(login: HistoryLogin): Familiarity | null {
    const { userKey, time } = login;
    const devices = devicesOf(login);
    return userKey === null || devices.length === 0 ? null : this.#users.client(userKey, devices, secondsOf(time));
  }

  network(login: HistoryLogin): Familiarity | null {
    const network = login.remote === null ? undefined : whereIs(login.remote)?.network;
    if (login.userKey === null || network === undefined) return null;
    return this.#users.network(login.userKey, network, secondsOf(login.time));
  }

  totals(login: HistoryLogin): { readonly succeeded: number; readonly failed: number } | null {
    const devices = devicesOf(login);
    return devices.length === 0 ? null : this.#totalsOf(devices);
  }

  /** @throws TypeError for a counter that is not kept */
  count(spec: CounterSpec, login: HistoryLogin): { readonly count: number; readonly usual: number | null } | null {
    return this.#counterOf(spec).count(partsOf(login), login.time);
  }

  /** A login that is over. One without a time is left out. */
  add(login: HistoryLogin, outcome: HistoryOutcome): void {
    if (!isTime(login.time)) return;
    const parts = partsOf(login);
    const seconds = secondsOf(login.time);
    this.#users.sweep(seconds);
    if (login.userKey !== null && outcome === 'succeeded') {
      this.#users.add(login.userKey, login.device, parts.network, seconds);
    }
    if (login.device !== null && outcome !== 'refused') {
      this.#devices.add(login.device, outcome === 'succeeded', seconds);
    }
    const counted: CountedLogin = { time: login.time, parts, failed: outcome !== 'succeeded' };
    for (const counter of this.#counters.values()) counter.add(counted);
  }

  /**
   * Which counts are kept from now on. Those that were kept before go on; new ones begin with what the past tells of them.
   *
   * @param past null: they begin with nothing
   */
  setCounters(specs: readonly CounterSpec[], past: Pick<PolicyPast, 'usual' | 'heard'> | null): void {
    const before = this.#counters;
    this.#counters = new Map();
    this.#bySpec = new WeakMap();
    const fresh: { readonly spec: CounterSpec; readonly counter: Counter }[] = [];
    for (const spec of specs) {
      const known = before.get(counterName(spec));
      const counter = known?.learnsUsual === spec.usual ? known : new Counter(spec, this.#limits);
      if (counter !== known) fresh.push({ spec, counter });
      this.#counters.set(counter.name, counter);
      this.#bySpec.set(spec, counter);
    }
    if (past !== null && fresh.length > 0) fillCounters(fresh, past, this.#now());
  }

  /** Takes over what was kept of users and devices, in any order. */
  restore(past: Pick<PolicyPast, 'userClients' | 'userNetworks' | 'devices'>): void {
    const seconds = secondsOf(this.#now());
    this.#users.restore(past.userClients(), past.userNetworks(), seconds);
    this.#devices.restore(past.devices(), seconds);
  }

  /**
   * What has changed since the last call, or a part of it: all is told once nothing comes any more. Rows hold what is true now, however often it changed; one without any
   * success says that what is kept was reset.
   *
   * @param most rows of each kind
   */
  changes(most = CHANGES_AT_ONCE): HistoryRows {
    const usual: UsualRow[] = [];
    for (const counter of this.#counters.values()) {
      if (usual.length >= most) break;
      usual.push(...counter.changes(most - usual.length));
    }
    return { ...this.#users.changes(most), devices: this.#devices.changes(most), usual };
  }

  /** The same of users alone. What changes with every login, devices and counts, need not be told with every hundred. */
  userChanges(most = CHANGES_AT_ONCE): HistoryRows {
    return { ...this.#users.changes(most), devices: [], usual: [] };
  }

  /**
   * Forgets what was counted of whatever has all the values that are told: counts, and what is usual. Of a user alone also the devices and networks, so that the user
   * may come with new ones; of a device alone also its totals.
   */
  forget(key: HistoryKey): void {
    const { userKey, device, remote } = key;
    const time = this.#now();
    if (userKey !== null && device === null && remote === null) this.#users.forget(userKey);
    if (userKey === null && remote === null) for (const each of devicesOf(key)) this.#devices.forget(each);
    for (const parts of partsOfEach({ ...key, time })) {
      if (Object.values(parts).every((value) => value === null)) continue;
      for (const counter of this.#counters.values()) counter.forget(parts, time);
    }
  }

  /** What is counted of these values together: `user`, `device`, and every counter that is about no others, by its name. */
  countsOf(key: HistoryKey): Readonly<Record<string, Readonly<Record<string, number>>>> {
    const time = this.#now();
    const parts = partsOfEach({ ...key, time });
    const counts: Record<string, Readonly<Record<string, number>>> = {};
    if (key.userKey !== null) counts.user = { ...this.#users.knownOf(key.userKey, secondsOf(time)) };
    if (key.device !== null) counts.device = this.#totalsOf(devicesOf(key));
    for (const counter of this.#counters.values()) {
      const found = counter.countOfAll(parts, time);
      if (found === null) continue;
      counts[counter.name] = found.usual === null ? { count: found.count } : { count: found.count, usual: found.usual };
    }
    return counts;
  }

  #totalsOf(devices: readonly string[]): { readonly succeeded: number; readonly failed: number } {
    const sum = { succeeded: 0, failed: 0 };
    for (const device of devices) {
      const { succeeded, failed } = this.#devices.totals(device);
      sum.succeeded += succeeded;
      sum.failed += failed;
    }
    return sum;
  }

  #counterOf(spec: CounterSpec): Counter {
    const counter = this.#bySpec.get(spec) ?? this.#counters.get(counterName(spec));
    if (counter === undefined) throw new TypeError(`no such counter is kept: ${counterName(spec)}`);
    this.#bySpec.set(spec, counter);
    return counter;
  }
}
