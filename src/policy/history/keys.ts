import { grown } from './columns.js';

const NONE = -1;

/**
 * Keys in the order in which they were last seen, each with a number (its slot) that columns of values go by. Slots of keys that are gone are used again, so columns
 * grow no longer than the most keys there ever were at a time. Every step takes the same time, however many keys there are.
 */
export class Keys {
  readonly #slots = new Map<string, number>();
  readonly #keys: (string | null)[] = [];
  #newer = new Int32Array(8);
  #older = new Int32Array(8);
  #free: number[] = [];
  #newest = NONE;
  #oldest = NONE;

  get size(): number {
    return this.#slots.size;
  }

  /** The slot of the key longest not seen, or -1. */
  get oldest(): number {
    return this.#oldest;
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
    this.#append(slot);
    return slot;
  }

  /** It was seen again. */
  touch(slot: number): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#slots.delete(this.#keys[slot]!);
    this.#keys[slot] = null;
    this.#free.push(slot);
  }

  /** The slots in use, the longest unseen first. */
  inOrder(): number[] {
    const slots: number[] = [];
    for (let slot = this.#oldest; slot !== NONE; slot = this.#newer[slot]!) slots.push(slot);
    return slots;
  }

  /** Orders anew, for what was not added in the order it was seen in. @param seen when the key of a slot was seen last */
  order(seen: (slot: number) => number): void {
    const slots = this.inOrder();
    const times = new Map(slots.map((slot) => [slot, seen(slot)]));
    for (const slot of slots.sort((a, b) => times.get(a)! - times.get(b)!)) this.touch(slot);
  }

  #append(slot: number): void {
    this.#newer[slot] = NONE;
    this.#older[slot] = this.#newest;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const newer = this.#newer[slot]!;
    const older = this.#older[slot]!;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }
}
