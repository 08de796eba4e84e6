import { grown } from './columns.js';
import { MAX_LAG, PARTS } from './limits.js';

/** The part that is going on, and all those of the window before it. */
const RING = PARTS + 1;

/** Slots of a page: a table grows by 127 KB at a time, and is never copied. */
const PAGE = 1024;

/**
 * Numbers per slot over a sliding window, in {@link PARTS} parts that are the same for all slots (by their number since 1970), so that it makes no difference in which order
 * logins are told.
 */
export class Rings {
  /** Milliseconds. */
  readonly #part: number;
  readonly #pages: Uint32Array[] = [];
  /** The newest part of each slot. */
  #heads = new Float64Array(64);
  #totals = new Uint32Array(64);

  /** @param window seconds */
  constructor(window: number) {
    this.#part = (window * 1000) / PARTS;
  }

  partAt(time: number): number {
    return Math.floor(time / this.#part);
  }

  /** An empty window for a slot. */
  begin(slot: number, part: number): void {
    while (this.#pages.length * PAGE <= slot) this.#pages.push(new Uint32Array(PAGE * RING));
    this.#heads = grown(this.#heads, slot);
    this.#totals = grown(this.#totals, slot);
    this.#page(slot).fill(0, this.#at(slot, 0), this.#at(slot, 0) + RING);
    this.#heads[slot] = part;
    this.#totals[slot] = 0;
  }

  /** The newest part. */
  headOf(slot: number): number {
    return this.#heads[slot]!;
  }

  /** Whether a part is so far ahead of the other that the clock that told it was wrong. */
  isWrong(head: number, part: number): boolean {
    return head - part >= RING && (head - part) * this.#part > MAX_LAG;
  }

  /** Whether a part is in the window that ends with the slot's newest. */
  isLive(slot: number, part: number): boolean {
    return part > this.#heads[slot]! - RING;
  }

  /** Whether all of a slot's window is over at a time. */
  isOver(slot: number, part: number): boolean {
    return part - this.#heads[slot]! >= RING;
  }

  /**
   * Moves a slot's window on.
   *
   * @returns the part in which to count: that of the time, or the newest one, where the time is a little behind the window
   */
  advance(slot: number, part: number): number {
    const head = this.#heads[slot]!;
    if (part <= head) return this.isLive(slot, part) ? part : head;
    const page = this.#page(slot);
    for (let each = Math.max(head + 1, part - PARTS); each <= part; each++) {
      const at = this.#at(slot, each % RING);
      this.#totals[slot]! -= page[at]!;
      page[at] = 0;
    }
    this.#heads[slot] = part;
    return part;
  }

  /** @param part in the slot's window */
  add(slot: number, part: number, number: 1 | -1): void {
    this.#page(slot)[this.#at(slot, part % RING)]! += number;
    this.#totals[slot]! += number;
  }

  /** In the window that ends with the slot's newest part. */
  totalOf(slot: number): number {
    return this.#totals[slot]!;
  }

  /** In the window that ends with a part. */
  totalAt(slot: number, part: number): number {
    const head = this.#heads[slot]!;
    if (this.isWrong(head, part) || part - head >= RING) return 0;
    let total = this.#totals[slot]!;
    const page = this.#page(slot);
    for (let each = head + 1; each <= part; each++) total -= page[this.#at(slot, each % RING)]!;
    return total;
  }

  #page(slot: number): Uint32Array {
    return this.#pages[Math.floor(slot / PAGE)]!;
  }

  #at(slot: number, place: number): number {
    return (slot % PAGE) * RING + place;
  }
}
