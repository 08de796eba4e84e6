import type { Rings } from './rings.js';

/** Users whose last part is over that a small map may have. */
const KEPT_STALE = 8;

/**
 * The different users of each slot in its window. In the rings each user is counted once, in the part in which it was seen last, so that a ring's total is the number of users.
 *
 * Users whose last part is over are taken out of the map when it has twice as many as there are, or is full.
 */
export class ToldApart {
  readonly #rings: Rings;
  readonly #most: number;
  readonly #users: (Map<string, number> | null)[] = [];
  #remembered = 0;

  /** @param most users of one slot; beyond that they are not told apart, and not counted */
  constructor(rings: Rings, most: number) {
    this.#rings = rings;
    this.#most = most;
  }

  /** Users of all slots. */
  get remembered(): number {
    return this.#remembered;
  }

  begin(slot: number): void {
    this.end(slot);
    this.#users[slot] = new Map();
  }

  end(slot: number): void {
    this.#remembered -= this.#users[slot]?.size ?? 0;
    this.#users[slot] = null;
  }

  /** @param part in the slot's window */
  add(slot: number, part: number, user: string): void {
    const users = this.#users[slot]!;
    const before = users.get(user);
    if (before === undefined) {
      if (!this.#hasRoom(slot, users)) return;
      this.#remembered++;
    } else if (this.#rings.isLive(slot, before)) {
      if (before >= part) return;
      this.#rings.add(slot, before, -1);
    }
    users.set(user, part);
    this.#rings.add(slot, part, 1);
  }

  #hasRoom(slot: number, users: Map<string, number>): boolean {
    const total = this.#rings.totalOf(slot);
    if (users.size > total && (users.size >= this.#most || users.size >= 2 * total + KEPT_STALE)) {
      for (const [user, part] of users) {
        if (this.#rings.isLive(slot, part)) continue;
        users.delete(user);
        this.#remembered--;
      }
    }
    return users.size < this.#most;
  }
}
