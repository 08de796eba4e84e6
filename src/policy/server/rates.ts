import { MAX_COUNTED_ADDRESSES } from './limits.js';

/** What an address may still ask at once, as of a time. */
interface Allowance {
  left: number;
  /** Milliseconds. */
  at: number;
}

/** How often addresses may ask: so many requests at once, and from then on so many a second. */
export class Rates {
  readonly #perMillisecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** The longest unseen address is the first. */
  readonly #allowances = new Map<string, Allowance>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
    now: () => number = () => performance.now(),
  ) {
    this.#perMillisecond = perSecond / 1000;
    this.#burst = burst;
    this.#now = now;
  }

  /** Counts a request. @returns whole seconds after which there is room for it; 0: there is now */
  take(address: string): number {
    const now = this.#now();
    const allowance = this.#of(address, now);
    allowance.left = Math.min(this.#burst, allowance.left + (now - allowance.at) * this.#perMillisecond);
    allowance.at = now;
    if (allowance.left < 1) return Math.ceil((1 - allowance.left) / this.#perMillisecond / 1000);
    allowance.left--;
    return 0;
  }

  #of(address: string, now: number): Allowance {
    const known = this.#allowances.get(address);
    if (known !== undefined) this.#allowances.delete(address);
    else if (this.#allowances.size >= MAX_COUNTED_ADDRESSES) {
      this.#allowances.delete(this.#allowances.keys().next().value!);
    }
    const allowance = known ?? { left: this.#burst, at: now };
    this.#allowances.set(address, allowance);
    return allowance;
  }
}
