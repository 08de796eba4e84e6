type Column = Int32Array | Uint32Array | Float64Array;

/** The column, or one of twice the length with the same values where it has no room for the slot. New values are 0. */
export function grown<T extends Column>(column: T, slot: number): T;
export function grown(column: Column, slot: number): Column {
  if (slot < column.length) return column;
  const Kind = column.constructor as new (length: number) => Column;
  const wider = new Kind(Math.max(slot + 1, column.length * 2));
  wider.set(column);
  return wider;
}

/** Slots whose values have changed and were not handed out yet, in the order in which they first changed. */
export class Changed {
  readonly #slots = new Set<number>();

  get size(): number {
    return this.#slots.size;
  }

  mark(slot: number): void {
    this.#slots.add(slot);
  }

  /** What is gone has nothing to say. */
  drop(slot: number): void {
    this.#slots.delete(slot);
  }

  /** Takes some out. */
  *take(most: number): Generator<number> {
    let taken = 0;
    for (const slot of this.#slots) {
      if (taken++ >= most) return;
      this.#slots.delete(slot);
      yield slot;
    }
  }
}
