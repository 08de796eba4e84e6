import { type Letter, type Told, writeLetter } from './letter.js';
import { MAX_LETTERS } from './limits.js';

/** One letter for whatever is told: a program that connects several times finds the same one. */
export class Letters {
  readonly #known = new Map<string, Letter>();
  #lastValidity = 0;

  for(told: Told, now: Date): Letter {
    const key = JSON.stringify([
      told.identity?.remote?.ip,
      told.identity?.serverName,
      told.identity?.forward,
      told.clientId,
    ]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // A time, so that it grows from one demonstration to the next too: clients keep what they have seen.
    this.#lastValidity = Math.max(this.#lastValidity + 1, Math.floor(now.getTime() / 1000));
    const letter = writeLetter(told, now, this.#lastValidity);
    const [first] = this.#known.keys();
    if (first !== undefined && this.#known.size >= MAX_LETTERS) this.#known.delete(first);
    this.#known.set(key, letter);
    return letter;
  }
}
