/** Someone who keeps untrusted bytes and can be told to let go of them. */
export interface ByteHolder {
  /** The budget is spent and this holder is the oldest: drop everything held. The budget has already forgotten it. */
  dropHeld(): void;
}

/** What a holder keeps, between those that came before and after it. */
interface Entry {
  readonly holder: ByteHolder;
  bytes: number;
  before: Entry | null;
  after: Entry | null;
}

/**
 * A ceiling on bytes kept by many holders together. Beyond it the holder that has kept bytes longest drops them, so that garbage which never
 * completes cannot keep out what comes later.
 */
export class ByteBudget {
  /** How many holders were made to drop what they had. */
  dropped = 0;
  readonly #ceiling: number;
  readonly #entries = new Map<ByteHolder, Entry>();
  // A list, though the map keeps an order too: to find its first entry it steps over those deleted, some thousand in a flood (measured: 5 µs a hello).
  #oldest: Entry | null = null;
  #newest: Entry | null = null;
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
    const entry = this.#entries.get(holder);
    if (entry === undefined) {
      if (bytes === 0) return;
      this.#append(holder, bytes);
    } else if (bytes === 0) this.#remove(entry);
    else {
      this.#held += bytes - entry.bytes;
      entry.bytes = bytes;
    }
    while (this.#held > this.#ceiling) {
      const oldest = this.#oldest!;
      this.#remove(oldest);
      this.dropped++;
      oldest.holder.dropHeld();
    }
  }

  #append(holder: ByteHolder, bytes: number): void {
    const entry: Entry = { holder, bytes, before: this.#newest, after: null };
    if (this.#newest === null) this.#oldest = entry;
    else this.#newest.after = entry;
    this.#newest = entry;
    this.#entries.set(holder, entry);
    this.#held += bytes;
  }

  #remove(entry: Entry): void {
    const { holder, bytes, before, after } = entry;
    if (before === null) this.#oldest = after;
    else before.after = after;
    if (after === null) this.#newest = before;
    else after.before = before;
    this.#entries.delete(holder);
    this.#held -= bytes;
  }
}
