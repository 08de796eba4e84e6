import { grown } from './columns.js';
import { SHARE_OF_NEW } from './limits.js';

const NONE = -1;

/** The two orders that keys are in. */
const NEW = 0;
const PROVEN = 1;

/**
 * Keys in the order in which they were last seen, each with a number (its slot) that columns of values go by. Slots of keys that are gone are used again, so columns
 * grow no longer than the most keys there ever were at a time. Every step takes the same time, however many keys there are.
 *
 * Keys that have proven themselves are in an order of their own, so that a crowd of new ones, which anybody can make up, does not push them out ({@link crowdedOut}).
 */
export class Keys {
  readonly #slots = new Map<string, number>();
  readonly #keys: (string | null)[] = [];
  #newer = new Int32Array(8);
  #older = new Int32Array(8);
  #order = new Int8Array(8);
  #free: number[] = [];
  readonly #newest = [NONE, NONE];
  readonly #oldest = [NONE, NONE];
  readonly #sizes = [0, 0];

  get size(): number {
    return this.#slots.size;
  }

  /** The slot of the key longest not seen among those that have not proven themselves, or -1. */
  get oldest(): number {
    return this.#oldest[NEW]!;
  }

  /** The same of those that have. */
  get oldestProven(): number {
    return this.#oldest[PROVEN]!;
  }

  /** The slot to be given up where there are so many keys as there may be: the longest unseen new key, or, where new ones have less than their share, the longest unseen proven one. -1: there is no key. */
  crowdedOut(most: number): number {
    const isNew = this.#sizes[NEW]! >= Math.max(1, most * SHARE_OF_NEW);
    return isNew || this.oldestProven === NONE ? this.oldest : this.oldestProven;
  }

  /** @returns -1 where there is no such key */
  find(key: string): number {
    return this.#slots.get(key) ?? NONE;
  }

  /** null: nothing has this slot now. */
  keyAt(slot: number): string | null {
    return this.#keys[slot] ?? null;
  }

  /** A slot for a key that has none, as the one last seen. */
  add(key: string): number {
    const slot = this.#free.pop() ?? this.#keys.length;
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
    this.#newer = grown(this.#newer, slot);
    this.#older = grown(this.#older, slot);
    this.#order = grown(this.#order, slot);
    this.#append(slot, NEW);
    return slot;
  }

  /** It was seen again. */
  touch(slot: number): void {
    const order = this.#order[slot]!;
    if (slot === this.#newest[order]) return;
    this.#unlink(slot);
    this.#append(slot, order);
  }

  /** Puts a key among the proven ones, or back among the new ones, as the one last seen there. */
  setProven(slot: number, isProven: boolean): void {
    const order = isProven ? PROVEN : NEW;
    if (this.#order[slot] === order) return;
    this.#unlink(slot);
    this.#append(slot, order);
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#slots.delete(this.#keys[slot]!);
    this.#keys[slot] = null;
    this.#free.push(slot);
  }

  /** The slots in use, the longest unseen first: those of new keys, then those of proven ones. */
  inOrder(): number[] {
    const slots: number[] = [];
    for (const oldest of this.#oldest) {
      for (let slot = oldest; slot !== NONE; slot = this.#newer[slot]!) slots.push(slot);
    }
    return slots;
  }

  /** Orders anew, for what was not added in the order it was seen in. @param seen when the key of a slot was seen last */
  order(seen: (slot: number) => number): void {
    const slots = this.inOrder();
    const times = new Map(slots.map((slot) => [slot, seen(slot)]));
    for (const slot of slots.sort((a, b) => times.get(a)! - times.get(b)!)) this.touch(slot);
  }

  #append(slot: number, order: number): void {
    const newest = this.#newest[order]!;
    this.#order[slot] = order;
    this.#newer[slot] = NONE;
    this.#older[slot] = newest;
    if (newest === NONE) this.#oldest[order] = slot;
    else this.#newer[newest] = slot;
    this.#newest[order] = slot;
    this.#sizes[order]!++;
  }

  #unlink(slot: number): void {
    const order = this.#order[slot]!;
    const newer = this.#newer[slot]!;
    const older = this.#older[slot]!;
    if (newer === NONE) this.#newest[order] = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest[order] = newer;
    else this.#newer[older] = newer;
    this.#sizes[order]!--;
  }
}
