/** Someone who keeps untrusted bytes and can be told to let go of them. */
export interface ByteHolder {
  /** The budget is spent and this holder is the oldest: drop everything held. The budget has already forgotten it. */
  dropHeld(): void;
}

/**
 * A ceiling on bytes kept by many holders together. Beyond it the holder that has kept bytes longest drops them, so that garbage which never
 * completes cannot keep out what comes later.
 */
export class ByteBudget {
  /** How many holders were made to drop what they had. */
  dropped = 0;
  readonly #ceiling: number;
  /** Maps keep the order of insertion: the first is the oldest. */
  readonly #holders = new Map<ByteHolder, number>();
  /**
   * Goes once through the holders as they come. Everything before it is gone: a new iterator would step over the holes they left, some thousand each time
   * (measured on a flood of unfinished hellos: 5 µs a hello).
   */
  #oldest = this.#holders.entries();
  #held = 0;

  constructor(ceiling: number) {
    this.#ceiling = ceiling;
  }

  /** Bytes held by all. */
  get held(): number {
    return this.#held;
  }

  /** States how many bytes a holder keeps now; 0 forgets it. */
  set(holder: ByteHolder, bytes: number): void {
    const before = this.#holders.get(holder) ?? 0;
    if (bytes === before) return;
    this.#held += bytes - before;
    if (bytes === 0) this.#holders.delete(holder);
    else this.#holders.set(holder, bytes);
    while (this.#held > this.#ceiling) {
      const [oldest, its] = this.#takeOldest();
      this.#holders.delete(oldest);
      this.#held -= its;
      this.dropped++;
      oldest.dropHeld();
    }
  }

  #takeOldest(): readonly [ByteHolder, number] {
    let next = this.#oldest.next();
    if (next.done === true) {
      // It had come to the end before the holders there are now came.
      this.#oldest = this.#holders.entries();
      next = this.#oldest.next();
    }
    return next.value!;
  }
}
