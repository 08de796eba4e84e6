import type { UsualRow } from '../../model/index.js';
import type { HistoryLimits } from '../decide/options.js';
import { PER, type Per } from '../rules/model.js';
import { DAY, secondsOf } from './clock.js';
import { Keys } from './keys.js';
import { SWEPT, USERS_PER_KEY } from './limits.js';
import type { CounterSpec } from './questions.js';
import { Rings } from './rings.js';
import { ToldApart } from './told-apart.js';
import { Usual } from './usual.js';

/** What of a login it is counted per; null: it does not tell. */
export type Parts = Readonly<Record<Per, string | null>>;

/** A login as it is counted. */
export interface CountedLogin {
  /** Milliseconds. */
  readonly time: number;
  readonly parts: Parts;
  /** It failed, or was refused. */
  readonly failed: boolean;
}

/** The name of a counter, for people and rows: `failed_users per fingerprint+network in 600 s`. */
export function counterName({ count, per, window }: Pick<CounterSpec, 'count' | 'per' | 'window'>): string {
  return `${count} per ${PER.filter((each) => per.includes(each)).join('+')} in ${window} s`;
}

/** One count over a sliding window, for all keys it is counted per, and what is usual of it. */
export class Counter {
  readonly name: string;
  readonly #per: readonly Per[];
  readonly #onlyFailed: boolean;
  readonly #mostKeys: number;
  readonly #keys = new Keys();
  readonly #rings: Rings;
  /** null: logins are counted, not users. */
  readonly #users: ToldApart | null;
  readonly #usual: Usual | null;
  /** What was reset and not handed out yet. */
  readonly #reset: UsualRow[] = [];

  constructor(spec: CounterSpec, limits: Pick<HistoryLimits, 'keysPerCounter' | 'usersPerCount' | 'days'>) {
    this.name = counterName(spec);
    this.#per = PER.filter((each) => spec.per.includes(each));
    this.#onlyFailed = spec.count === 'failures' || spec.count === 'failed_users';
    this.#mostKeys = limits.keysPerCounter;
    this.#rings = new Rings(spec.window);
    const ofUsers = spec.count === 'users' || spec.count === 'failed_users';
    this.#users = ofUsers ? new ToldApart(this.#rings, limits.usersPerCount) : null;
    this.#usual = spec.usual ? new Usual(this.name, spec.window, limits.keysPerCounter, limits.days * DAY) : null;
  }

  get learnsUsual(): boolean {
    return this.#usual !== null;
  }

  /** Keys that are in a window, or were until lately. */
  get size(): number {
    return this.#keys.size;
  }

  /** Users that are told apart, of all keys. */
  get users(): number {
    return this.#users?.remembered ?? 0;
  }

  /** null: one of the values is not told. */
  keyOf(parts: Parts): string | null {
    let key = '';
    for (const per of this.#per) {
      const value = parts[per];
      if (value === null) return null;
      key = key === '' ? value : `${key} ${value}`;
    }
    return key;
  }

  add(login: CountedLogin): void {
    this.#sweep(login.time);
    const key = this.#counts(login) ? this.keyOf(login.parts) : null;
    if (key === null) return;
    const count = this.#add(key, login);
    this.#usual?.add(key, count, secondsOf(login.time));
  }

  /** Counts what was counted before. @param since seconds: by key, what is before that was reset */
  replay(login: CountedLogin, since: ReadonlyMap<string, number>): void {
    const key = this.#counts(login) ? this.keyOf(login.parts) : null;
    const seconds = secondsOf(login.time);
    if (key === null || seconds < (since.get(key) ?? 0)) return;
    const count = this.#add(key, login);
    this.#usual?.replay(key, count, seconds);
  }

  /** null: one of the values is not told. */
  count(parts: Parts, time: number): { readonly count: number; readonly usual: number | null } | null {
    const key = this.keyOf(parts);
    if (key === null) return null;
    const slot = this.#keys.find(key);
    const usual = this.#usual;
    return {
      count: slot < 0 ? 0 : this.#rings.totalAt(slot, this.#rings.partAt(time)),
      // Looked for when it is read: mostly the count is too low for anybody to ask.
      get usual() {
        return usual?.ask(key, secondsOf(time)) ?? null;
      },
    };
  }

  /** The same of several together, each key once. null: none of them is told enough of. */
  countOfAll(all: readonly Parts[], time: number): { readonly count: number; readonly usual: number | null } | null {
    const byKey = new Map(all.map((parts) => [this.keyOf(parts), parts]));
    const counts = Array.from(byKey.values(), (parts) => this.count(parts, time)).filter((found) => found !== null);
    if (counts.length === 0) return null;
    const usuals = counts.map(({ usual }) => usual).filter((usual) => usual !== null);
    return {
      count: counts.reduce((sum, { count }) => sum + count, 0),
      usual: usuals.length === 0 ? null : usuals.reduce((sum, usual) => sum + usual, 0),
    };
  }

  /**
   * What has all the values that are told begins anew: its count, and what is usual of it. Keys without one of these values are left alone.
   *
   * An address stands for its network too, where it is counted per network.
   */
  forget(parts: Parts, time: number): void {
    const wanted = this.#wanted(parts);
    if (wanted === null) return;
    const holds = (key: string): boolean => {
      const values = key.split(' ');
      return wanted.every((value, i) => value === null || value === values[i]);
    };
    const seconds = secondsOf(time);
    for (const slot of this.#keys.inOrder()) {
      const key = this.#keys.keyAt(slot)!;
      if (!holds(key)) continue;
      this.#remove(slot);
      if (this.#usual === null) this.#reset.push(resetRow(this.name, key, seconds));
    }
    this.#usual?.forget(holds, seconds);
  }

  /** What has changed since it was last asked: what is usual, and what was reset. */
  changes(most: number): UsualRow[] {
    const reset = this.#reset.splice(0, most);
    return [...reset, ...(this.#usual?.changes(most - reset.length) ?? [])];
  }

  /** Takes over what is usual, in any order. */
  restore(rows: Iterable<UsualRow>, seconds: number): void {
    this.#usual?.restore(rows, seconds);
  }

  #counts({ failed }: CountedLogin): boolean {
    return failed || !this.#onlyFailed;
  }

  /** @returns the count with this login */
  #add(key: string, { time, parts }: CountedLogin): number {
    const at = this.#rings.partAt(time);
    const slot = this.#seen(key, at);
    const part = this.#rings.advance(slot, at);
    if (this.#users === null) this.#rings.add(slot, part, 1);
    else if (parts.user !== null) this.#users.add(slot, part, parts.user);
    while (this.users > this.#mostKeys * USERS_PER_KEY && this.#keys.oldest !== slot) this.#remove(this.#keys.oldest);
    return this.#rings.totalOf(slot);
  }

  /** The slot of a key, as the one last seen. One whose clock was wrong begins anew. */
  #seen(key: string, part: number): number {
    const known = this.#keys.find(key);
    if (known >= 0) {
      this.#keys.touch(known);
      if (this.#rings.isWrong(this.#rings.headOf(known), part)) this.#begin(known, part);
      return known;
    }
    if (this.#keys.size >= this.#mostKeys) this.#remove(this.#keys.oldest);
    const slot = this.#keys.add(key);
    this.#begin(slot, part);
    return slot;
  }

  #begin(slot: number, part: number): void {
    this.#rings.begin(slot, part);
    this.#users?.begin(slot);
  }

  #remove(slot: number): void {
    this.#users?.end(slot);
    this.#keys.remove(slot);
  }

  /** Forgets keys whose window is over, of the longest unseen some at a time: so memory is given back as fast as it was taken, without a timer. */
  #sweep(time: number): void {
    const part = this.#rings.partAt(time);
    for (let i = 0; i < SWEPT && this.#keys.oldest >= 0; i++) {
      const slot = this.#keys.oldest;
      if (!this.#rings.isOver(slot, part) && !this.#rings.isWrong(this.#rings.headOf(slot), part)) break;
      this.#remove(slot);
    }
    this.#usual?.sweep(secondsOf(time));
  }

  /** The values that keys must have, in their order, null where any will do; null: this counter is not about what was told. */
  #wanted(parts: Parts): readonly (string | null)[] | null {
    const has = (per: Per) => parts[per] === null || this.#per.includes(per);
    const place =
      parts.network === null ||
      this.#per.includes('network') ||
      (parts.address !== null && this.#per.includes('address'));
    return has('fingerprint') && has('user') && place ? this.#per.map((per) => parts[per]) : null;
  }
}

/** A row that says of a key only that what was counted before does not count. */
function resetRow(counter: string, key: string, seconds: number): UsualRow {
  return { counter, key, usual: 0, learned: seconds, since: seconds, peak: 0, peakFrom: seconds };
}
