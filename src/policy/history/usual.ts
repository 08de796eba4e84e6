import type { UsualRow } from '../../model/index.js';
import { MAX_LAG_SECONDS } from './clock.js';
import { Changed, grown } from './columns.js';
import { Keys } from './keys.js';
import {
  DOUBLING,
  FIRST_GROWTH,
  HALF_LIFE,
  HOLD,
  READ_AT_ONCE,
  SAVED_UP,
  SWEPT,
  WATCHED,
  WATCHED_WINDOWS,
} from './limits.js';

/**
 * What is usual of the keys of one counter: the highest that its count was, forgotten slowly and learned slowly.
 *
 * Time is cut into windows; of each the highest count is taken (its peak). A window whose peak is not below what is usual makes it usual, but what is usual grows no faster than
 * double in {@link DOUBLING}, so that an attack does not become usual while it goes on. What was reached stays usual for {@link HOLD} and then halves every
 * {@link HALF_LIFE}: a maximum and not an average, because nights and Sundays would make every Monday morning unusual. For the first week ({@link WATCHED}) it
 * is learned without that bound, and nothing is said to be usual. Windows in which nothing happens pass as all others do.
 */
export class Usual {
  readonly #counter: string;
  /** Seconds. */
  readonly #window: number;
  readonly #most: number;
  readonly #kept: number;
  readonly #keys = new Keys();
  readonly #changed = new Changed();
  #usual = new Float64Array(64);
  /** The end of the window it was learned from, and the beginning of the one the peak is of. Seconds. */
  #learned = new Float64Array(64);
  #peakFrom = new Float64Array(64);
  #since = new Float64Array(64);
  #peak = new Float64Array(64);

  /**
   * @param most keys; beyond that the longest unseen goes, of those that were not watched for long enough before the others
   * @param kept seconds after which a key that was not seen again is forgotten
   */
  constructor(counter: string, window: number, most: number, kept: number) {
    this.#counter = counter;
    this.#window = window;
    this.#most = most;
    this.#kept = kept;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The count of a key has changed. */
  add(key: string, count: number, seconds: number): void {
    const window = this.#windowAt(seconds);
    const slot = this.#keys.find(key);
    if (slot < 0 || this.#isOver(slot, seconds)) {
      this.#begin({ key, usual: 0, learned: window, since: seconds, peak: count, peakFrom: window });
      return;
    }
    this.#keys.touch(slot);
    this.#since[slot] = Math.min(this.#since[slot]!, seconds);
    this.#keys.setProven(slot, this.#isWatched(slot, window));
    const from = this.#peakFrom[slot]!;
    if (window > from) this.#learn(slot);
    // What a wrong clock told of a window that is to come is left out.
    if (window > from || isWrong(from, seconds)) {
      this.#setPeak(slot, window, count);
      this.#learned[slot] = Math.min(this.#learned[slot]!, window);
    } else if (count > this.#peak[slot]!) this.#setPeak(slot, from, count);
  }

  /** The same of what was kept: windows that are over were learned from. */
  replay(key: string, count: number, seconds: number): void {
    const slot = this.#keys.find(key);
    if (slot < 0 || this.#windowAt(seconds) >= this.#peakFrom[slot]!) this.add(key, count, seconds);
  }

  /** What is usual of a key at a time; null where it was not watched for long enough. */
  ask(key: string, seconds: number): number | null {
    const slot = this.#keys.find(key);
    const window = this.#windowAt(seconds);
    if (slot < 0 || this.#isOver(slot, seconds) || !this.#isWatched(slot, window)) return null;
    const next = window > this.#peakFrom[slot]! ? this.#next(slot) : null;
    if (next === null) return faded(this.#usual[slot]!, window - this.#learned[slot]!);
    return faded(next, window - this.#peakFrom[slot]! - this.#window);
  }

  /** Forgets keys that were not seen for long. */
  sweep(seconds: number): void {
    for (let i = 0; i < SWEPT; i++) {
      const isNewDone = this.#sweepOne(this.#keys.oldest, seconds);
      const isProvenDone = this.#sweepOne(this.#keys.oldestProven, seconds);
      if (isNewDone && isProvenDone) return;
    }
  }

  /** @returns whether there is nothing to do */
  #sweepOne(slot: number, seconds: number): boolean {
    if (slot < 0) return true;
    if (isWrong(this.#peakFrom[slot]!, seconds)) {
      this.#setPeak(slot, this.#windowAt(seconds), 0);
      this.#keys.touch(slot);
    } else if (this.#isOver(slot, seconds)) this.#keys.remove(slot);
    else return true;
    return false;
  }

  /** Keys for which it holds begin anew, as if they had never been seen before. */
  forget(holds: (key: string) => boolean, seconds: number): void {
    const window = this.#windowAt(seconds);
    for (const slot of this.#keys.inOrder()) {
      const key = this.#keys.keyAt(slot)!;
      if (holds(key)) this.#begin({ key, usual: 0, learned: window, since: seconds, peak: 0, peakFrom: window });
    }
  }

  /** What has changed since it was last asked. */
  *changes(most: number): Generator<UsualRow> {
    for (const slot of this.#changed.take(most, (each) => this.#keys.keyAt(each) !== null)) yield this.#row(slot);
  }

  /** Takes over what was kept, in any order. */
  restore(rows: Iterable<UsualRow>, seconds: number): void {
    for (const row of rows) {
      if (isWrong(row.peakFrom, seconds) || row.peakFrom < seconds - this.#kept) continue;
      const slot = this.#put(row);
      this.#keys.setProven(slot, this.#isWatched(slot, this.#windowAt(seconds)));
      if (this.#keys.size >= READ_AT_ONCE * this.#most) this.#trim();
    }
    this.#trim();
  }

  /** Of what was added in any order, the longest unseen goes. */
  #trim(): void {
    this.#keys.order((slot) => this.#peakFrom[slot]!);
    while (this.#keys.size > this.#most) this.#keys.remove(this.#keys.crowdedOut(this.#most));
  }

  #begin(row: Omit<UsualRow, 'counter'>): void {
    if (this.#keys.find(row.key) < 0 && this.#keys.size >= this.#most)
      this.#keys.remove(this.#keys.crowdedOut(this.#most));
    const slot = this.#put(row);
    this.#keys.setProven(slot, false);
    this.#changed.mark(slot);
  }

  #put(row: Omit<UsualRow, 'counter'>): number {
    const known = this.#keys.find(row.key);
    const slot = known < 0 ? this.#keys.add(row.key) : known;
    this.#keys.touch(slot);
    this.#usual = grown(this.#usual, slot);
    this.#learned = grown(this.#learned, slot);
    this.#since = grown(this.#since, slot);
    this.#peak = grown(this.#peak, slot);
    this.#peakFrom = grown(this.#peakFrom, slot);
    this.#usual[slot] = row.usual;
    this.#learned[slot] = row.learned;
    this.#since[slot] = row.since;
    this.#peakFrom[slot] = row.peakFrom;
    this.#peak[slot] = row.peak;
    return slot;
  }

  #setPeak(slot: number, from: number, peak: number): void {
    this.#peakFrom[slot] = from;
    this.#peak[slot] = peak;
    this.#changed.mark(slot);
  }

  /** The window of the peak is over. */
  #learn(slot: number): void {
    const next = this.#next(slot);
    if (next === null) return;
    this.#usual[slot] = next;
    this.#learned[slot] = this.#peakFrom[slot]! + this.#window;
  }

  /** What is usual once the window of the peak is over; null: what it was before. */
  #next(slot: number): number | null {
    const end = this.#peakFrom[slot]! + this.#window;
    const peak = this.#peak[slot]!;
    const past = end - this.#learned[slot]!;
    const level = faded(this.#usual[slot]!, past);
    if (peak < level) return null;
    if (!this.#isWatched(slot, end)) return peak;
    const growth = 2 ** (Math.min(past, Math.max(SAVED_UP, this.#window)) / DOUBLING);
    return Math.min(peak, Math.max(level, FIRST_GROWTH) * growth);
  }

  #isWatched(slot: number, seconds: number): boolean {
    return seconds - this.#since[slot]! >= Math.max(WATCHED, WATCHED_WINDOWS * this.#window);
  }

  #isOver(slot: number, seconds: number): boolean {
    return this.#peakFrom[slot]! < seconds - this.#kept;
  }

  #windowAt(seconds: number): number {
    return seconds - (seconds % this.#window);
  }

  #row(slot: number): UsualRow {
    return {
      counter: this.#counter,
      key: this.#keys.keyAt(slot)!,
      usual: this.#usual[slot]!,
      learned: this.#learned[slot]!,
      since: this.#since[slot]!,
      peak: this.#peak[slot]!,
      peakFrom: this.#peakFrom[slot]!,
    };
  }
}

/** What is left of what was usual some seconds ago. */
function faded(usual: number, past: number): number {
  return past <= HOLD ? usual : usual * 2 ** ((HOLD - past) / HALF_LIFE);
}

/** Whether a time is so far ahead that the clock that told it was wrong. */
function isWrong(time: number, seconds: number): boolean {
  return time > seconds + MAX_LAG_SECONDS;
}
