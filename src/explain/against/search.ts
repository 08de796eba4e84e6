import { md5 } from '../../fingerprint/index.js';
import type { SentLists } from '../ja3-derivation.js';
import { MAX_DEVIATIONS, MAX_HASHED_CHARACTERS } from '../limits.js';
import { type Option, optionsFor, type Surroundings } from './deviations.js';
import { type Base, basesOf, type Draft, draftString } from './draft.js';
import type { AgainstMatch, AgainstResult } from './types.js';

/** How many ways to the same hash are told. */
const MOST_MATCHES = 4;

/**
 * Looks for the string whose MD5 is `hash`: the fingerprints themselves first, then with one deviation, with two, with three. Stops at the fewest
 * that give it.
 *
 * @param hash 32 lower-case hex digits
 */
export function searchMd5(hash: string, sent: SentLists, around: Surroundings): AgainstResult {
  const search = new Search(hash);
  const bases = basesOf(sent).map((base) => ({ base, dimensions: optionsFor(base, around) }));
  for (let cost = 0; cost <= MAX_DEVIATIONS && search.matches.length === 0; cost++) {
    for (const { base, dimensions } of bases) search.combine(base, base.draft, dimensions, 0, cost, []);
  }
  const { matches, tried, complete } = search;
  return { hash, matches, parts: [], tried, complete };
}

class Search {
  readonly matches: AgainstMatch[] = [];
  tried = 0;
  complete = true;
  readonly #hash: string;
  #characters = 0;

  constructor(hash: string) {
    this.#hash = hash;
  }

  /** Every choice from the dimensions that costs exactly `cost`. */
  combine(
    base: Base,
    draft: Draft,
    dimensions: readonly (readonly Option[])[],
    from: number,
    cost: number,
    chosen: readonly Option[],
  ): void {
    if (cost === 0) {
      this.#try(base, draft, chosen);
      return;
    }
    for (let i = from; i < dimensions.length; i++) {
      for (const option of dimensions[i]!) {
        if (!this.complete) return;
        if (option.cost > cost) continue;
        this.combine(base, { ...draft, ...option.change(draft) }, dimensions, i + 1, cost - option.cost, [
          ...chosen,
          option,
        ]);
      }
    }
  }

  #try({ view }: Base, draft: Draft, chosen: readonly Option[]): void {
    if (this.#characters > MAX_HASHED_CHARACTERS) {
      this.complete = false;
      return;
    }
    const string = draftString(draft);
    this.#characters += string.length;
    this.tried++;
    if (this.matches.length >= MOST_MATCHES || md5(string) !== this.#hash) return;
    // The same string told twice is one story; but which fingerprints a hash is, is told of all of them.
    if (chosen.length > 0 && this.matches.some((match) => match.string === string)) return;
    this.matches.push({ view, deviations: chosen.map(({ code, text }) => ({ code, text })), string });
  }
}
