import { later, MAX_LAG_SECONDS } from './clock.js';
import { Changed, grown } from './columns.js';
import { MAX_SECONDS } from './limits.js';

const END = -1;
const NOBODY = -1;

/** What was seen of one thing (a device, a network) of one user. Times are seconds. */
export interface Seen {
  readonly owner: number;
  readonly what: number;
  readonly first: number;
  readonly last: number;
  /** Logins that succeeded. */
  readonly succeeded: number;
}

/** What was seen of all a user's things. */
export interface SeenInAll {
  readonly logins: number;
  /** Seconds: the first of them; null where there was none. */
  readonly first: number | null;
  /** Logins with the thing that was asked about. */
  readonly same: number;
  readonly things: number;
}

/**
 * The things (as numbers) that users (as slots) were seen with: a short chain of entries for each user, in columns. An entry takes 28 bytes, where objects in maps would take ten
 * times that.
 */
export class SeenThings {
  readonly #changed = new Changed();
  readonly #mostPerUser: number;
  readonly #gone: (what: number) => void;
  #owner = new Int32Array(64);
  #what = new Float64Array(64);
  #first = new Uint32Array(64);
  #last = new Uint32Array(64);
  #succeeded = new Uint32Array(64);
  #next = new Int32Array(64);
  /** By user: where the chain begins, plus one; 0 is an empty one. */
  #heads = new Int32Array(64);
  #used = 0;
  #free: number[] = [];

  /** @param gone told of a thing that a user has no more */
  constructor(mostPerUser: number, gone: (what: number) => void) {
    this.#mostPerUser = mostPerUser;
    this.#gone = gone;
  }

  /** Entries of all users. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  /** Whether {@link add} would begin a new entry. */
  has(owner: number, what: number): boolean {
    return this.#find(owner, what) !== END;
  }

  /**
   * A login that succeeded.
   *
   * @param stale seconds: what was last seen before is forgotten, and begins anew
   */
  add(owner: number, what: number, seconds: number, stale: number): void {
    const at = this.#find(owner, what);
    if (at === END) {
      this.#removeOldestOf(owner, this.#mostPerUser - 1, seconds);
      this.#changed.mark(this.#insert({ owner, what, first: seconds, last: seconds, succeeded: 1 }));
      return;
    }
    const forgotten = this.#last[at]! < stale;
    this.#first[at] = forgotten ? seconds : Math.min(this.#first[at]!, seconds);
    this.#succeeded[at] = forgotten ? 1 : Math.min(this.#succeeded[at]! + 1, MAX_SECONDS);
    this.#last[at] = later(this.#last[at]!, seconds);
    this.#changed.mark(at);
  }

  /** A new entry, as it was kept: no change. There may be too many of them until {@link trim}. */
  restore(seen: Seen): void {
    this.#insert(seen);
  }

  /** Of too many the longest unseen go. */
  trim(owner: number, seconds: number): void {
    while (this.#removeOldestOf(owner, this.#mostPerUser, seconds)) {
      // One at a time.
    }
  }

  /** @param whats what is one thing, by all its numbers */
  ask(owner: number, whats: readonly number[], stale: number): SeenInAll {
    let logins = 0;
    let first: number | null = null;
    let same = 0;
    let things = 0;
    for (let at = this.#head(owner); at !== END; at = this.#next[at]!) {
      if (this.#last[at]! < stale) continue;
      things++;
      logins += this.#succeeded[at]!;
      if (first === null || this.#first[at]! < first) first = this.#first[at]!;
      if (whats.includes(this.#what[at]!)) same += this.#succeeded[at]!;
    }
    return { logins, first, same, things };
  }

  /** When any of a user's things was seen last; 0 where there are none. */
  lastOf(owner: number): number {
    let last = 0;
    for (let at = this.#head(owner); at !== END; at = this.#next[at]!) last = Math.max(last, this.#last[at]!);
    return last;
  }

  /** Takes back times that a wrong clock put into the future. */
  setRight(owner: number, seconds: number): void {
    for (let at = this.#head(owner); at !== END; at = this.#next[at]!) {
      this.#last[at] = Math.min(this.#last[at]!, seconds);
    }
  }

  /** What is known of all a user's things. */
  *all(owner: number): Generator<Seen> {
    for (let at = this.#head(owner); at !== END; at = this.#next[at]!) yield this.#at(at);
  }

  /** All of a user's things go. */
  forget(owner: number): void {
    for (let at = this.#head(owner); at !== END; at = this.#head(owner)) this.#remove(at);
  }

  /** What has changed since it was last asked. */
  *changes(most: number): Generator<Seen> {
    for (const at of this.#changed.take(most, (each) => this.#owner[each] !== NOBODY)) yield this.#at(at);
  }

  #insert(seen: Seen): number {
    const at = this.#free.pop() ?? this.#used++;
    this.#grow(at);
    this.#owner[at] = seen.owner;
    this.#what[at] = seen.what;
    this.#first[at] = seen.first;
    this.#last[at] = seen.last;
    this.#succeeded[at] = seen.succeeded;
    this.#heads = grown(this.#heads, seen.owner);
    this.#next[at] = this.#head(seen.owner);
    this.#heads[seen.owner] = at + 1;
    return at;
  }

  /** Where there are more, the longest unseen goes, and before it what a wrong clock put into the future. @returns whether one went */
  #removeOldestOf(owner: number, most: number, seconds: number): boolean {
    let count = 0;
    let oldest = END;
    let oldestLast = Number.POSITIVE_INFINITY;
    for (let at = this.#head(owner); at !== END; at = this.#next[at]!) {
      count++;
      const last = this.#last[at]! > seconds + MAX_LAG_SECONDS ? 0 : this.#last[at]!;
      if (last >= oldestLast) continue;
      oldest = at;
      oldestLast = last;
    }
    if (count <= most) return false;
    this.#remove(oldest);
    return true;
  }

  #grow(at: number): void {
    this.#owner = grown(this.#owner, at);
    this.#what = grown(this.#what, at);
    this.#first = grown(this.#first, at);
    this.#last = grown(this.#last, at);
    this.#succeeded = grown(this.#succeeded, at);
    this.#next = grown(this.#next, at);
  }

  #head(owner: number): number {
    return (this.#heads[owner] ?? 0) - 1;
  }

  #find(owner: number, what: number): number {
    let at = this.#head(owner);
    while (at !== END && this.#what[at] !== what) at = this.#next[at]!;
    return at;
  }

  #at(at: number): Seen {
    return {
      owner: this.#owner[at]!,
      what: this.#what[at]!,
      first: this.#first[at]!,
      last: this.#last[at]!,
      succeeded: this.#succeeded[at]!,
    };
  }

  #remove(at: number): void {
    const owner = this.#owner[at]!;
    let before = END;
    for (let each = this.#head(owner); each !== at; each = this.#next[each]!) before = each;
    if (before === END) this.#heads[owner] = this.#next[at]! + 1;
    else this.#next[before] = this.#next[at]!;
    this.#owner[at] = NOBODY;
    this.#free.push(at);
    this.#gone(this.#what[at]!);
  }
}
