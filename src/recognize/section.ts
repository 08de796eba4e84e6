import type { Ja3Lists } from '../fingerprint/index.js';
import { groupBy, once } from './groups.js';
import type { KnownHello } from './known-hello.js';
import { situationalKey, stackKey, unorderedKey } from './lists.js';
import { SimilarityIndex } from './similarity.js';

export interface Scored {
  readonly known: KnownHello;
  readonly score: number;
}

type Keyed = () => ReadonlyMap<string, readonly KnownHello[]>;

/** Known hellos whose lists are told the same way, so that they can be compared with each other. What a rung needs is made when it first asks. */
export class Section {
  readonly situational: (lists: Ja3Lists) => readonly KnownHello[];
  readonly unordered: (lists: Ja3Lists) => readonly KnownHello[];
  readonly stack: (lists: Ja3Lists) => readonly KnownHello[];
  readonly #known: readonly KnownHello[];
  readonly #similarity: () => SimilarityIndex;

  /** @param listsOf not called before it is needed */
  constructor(known: readonly KnownHello[], listsOf: (one: KnownHello) => Ja3Lists) {
    const by = (keyOf: (lists: Ja3Lists) => string) => {
      const keyed: Keyed = once(() => groupBy(known, (one) => keyOf(listsOf(one))));
      return (lists: Ja3Lists) => (known.length === 0 ? NONE : (keyed().get(keyOf(lists)) ?? NONE));
    };
    this.situational = by(situationalKey);
    this.unordered = by(unorderedKey);
    this.stack = by(stackKey);
    this.#known = known;
    this.#similarity = once(() => new SimilarityIndex(known.map(listsOf)));
  }

  /** All that are at least this similar, in no particular order. */
  similar(lists: Ja3Lists, atLeast: number): readonly Scored[] {
    if (this.#known.length === 0) return [];
    const scores = this.#similarity().scores(lists);
    const found: Scored[] = [];
    if (scores === null) return found;
    for (let i = 0; i < scores.length; i++) {
      if (scores[i]! >= atLeast) found.push({ known: this.#known[i]!, score: scores[i]! });
    }
    return found;
  }
}

const NONE: readonly KnownHello[] = [];
