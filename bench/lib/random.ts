/** Marsaglia's xorshift32: the same numbers on every machine, so that a workload is the same bytes everywhere. */
export class Random {
  #state: number;

  /** @param seed any integer but 0 */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 to 2^32 - 1, never the seed's own state 0. */
  u32(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + (this.u32() % (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.u32() < probability * 0x1_0000_0000;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.u32() % items.length]!;
  }
}
