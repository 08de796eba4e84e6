type Column = Int8Array | Int32Array | Uint32Array | Float64Array;

/** The column, or one of twice the length with the same values where it has no room for the slot. New values are 0. */
export function grown<T extends Column>(column: T, slot: number): T;
export function grown(column: Column, slot: number): Column {
  if (slot < column.length) return column;
  const Kind = column.constructor as new (length: number) => Column;
  const wider = new Kind(Math.max(slot + 1, column.length * 2));
  wider.set(column);
  return wider;
}

/** Handed out slots that the queue may begin with before it is copied. */
const TAKEN = 1024;

/**
 * Slots whose values have changed and were not handed out yet, in the order in which they first changed. Each is in it once, so that it grows no longer than the columns, if
 * nobody ever asks.
 */
export class Changed {
  #queue: number[] = [];
  /** Where the queue begins. */
  #taken = 0;
  #waits: Int8Array = new Int8Array(64);

  mark(slot: number): void {
    this.#waits = grown(this.#waits, slot);
    if (this.#waits[slot] === 1) return;
    this.#waits[slot] = 1;
    this.#queue.push(slot);
  }

  /** Takes some out. @param isThere slots for which it does not hold have nothing to say any more */
  *take(most: number, isThere: (slot: number) => boolean): Generator<number> {
    for (let taken = 0; taken < most && this.#taken < this.#queue.length; ) {
      const slot = this.#queue[this.#taken++]!;
      this.#waits[slot] = 0;
      if (!isThere(slot)) continue;
      taken++;
      yield slot;
    }
    if (this.#taken < TAKEN || this.#taken * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#taken);
    this.#taken = 0;
  }
}
