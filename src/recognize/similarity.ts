import type { Ja3Lists } from '../fingerprint/index.js';
import { MAX_COMPARED_NUMBERS } from './limits.js';

/** How much the members of the lists count against the order of the cipher suites. Measured: docs/recognition.md. */
const MEMBERS = 0.7;

/** Features are numbers: 16 bits of value behind the number of the list, pairs of neighbouring ciphers behind 2^32. */
const LIST = 0x10000;
const PAIRS = 0x1_0000_0000;

/** Members of the lists, and neighbours among the cipher suites: each once. */
interface Features {
  readonly members: readonly number[];
  readonly pairs: readonly number[];
}

interface Sums {
  readonly members: number;
  readonly pairs: number;
}

/**
 * Scores known hellos against one: 0.7 of the weighted Jaccard index of the lists' members and 0.3 of that of neighbouring cipher suites, where a feature
 * weighs more the fewer known hellos have it (ln(1 + N / number of those)).
 *
 * An inverted index: every known hello with a feature of the subject is visited once for it, in typed arrays; nothing is left out, so the scores are those of
 * comparing with each.
 */
export class SimilarityIndex {
  readonly #size: number;
  readonly #sums: readonly Sums[];
  readonly #postings = new Map<number, Uint32Array>();
  readonly #sharedMembers: Float64Array;
  readonly #sharedPairs: Float64Array;

  /** @param known lists of one view; a score is told by their position */
  constructor(known: readonly Ja3Lists[]) {
    this.#size = known.length;
    this.#sharedMembers = new Float64Array(known.length);
    this.#sharedPairs = new Float64Array(known.length);
    const features = known.map(featuresOf);
    const holders = new Map<number, number[]>();
    for (const [i, { members, pairs }] of features.entries()) {
      for (const feature of [...members, ...pairs]) {
        const own = holders.get(feature);
        if (own === undefined) holders.set(feature, [i]);
        else own.push(i);
      }
    }
    for (const [feature, own] of holders) this.#postings.set(feature, Uint32Array.from(own));
    this.#sums = features.map((one) => this.#sumsOf(one));
  }

  /** Scores of all, 0 to 1, by position; null where the lists are longer than anything known could be. */
  scores(lists: Ja3Lists): Float64Array | null {
    if (lists.cipherSuites.length + lists.extensions.length + lists.supportedGroups.length > MAX_COMPARED_NUMBERS)
      return null;
    const features = featuresOf(lists);
    const own = this.#sumsOf(features);
    this.#share(features.members, this.#sharedMembers);
    this.#share(features.pairs, this.#sharedPairs);
    const scores = new Float64Array(this.#size);
    for (let i = 0; i < this.#size; i++) {
      const theirs = this.#sums[i]!;
      scores[i] =
        MEMBERS * jaccard(this.#sharedMembers[i]!, own.members + theirs.members) +
        (1 - MEMBERS) * jaccard(this.#sharedPairs[i]!, own.pairs + theirs.pairs);
    }
    return scores;
  }

  #share(features: readonly number[], shared: Float64Array): void {
    shared.fill(0);
    for (const feature of features) {
      const holders = this.#postings.get(feature);
      if (holders === undefined) continue;
      const weight = this.#weight(feature);
      for (let i = 0; i < holders.length; i++) shared[holders[i]!]! += weight;
    }
  }

  #sumsOf({ members, pairs }: Features): Sums {
    const sum = (features: readonly number[]) => features.reduce((total, feature) => total + this.#weight(feature), 0);
    return { members: sum(members), pairs: sum(pairs) };
  }

  /** What nobody known has weighs as what one has. */
  #weight(feature: number): number {
    return Math.log(1 + this.#size / (this.#postings.get(feature)?.length ?? 1));
  }
}

/**
 * The share of the numbers of two hellos that both have, 0 to 1, nothing weighted: for those whose difference is a matter of a few extensions. The order does
 * not count.
 */
export function overlap(a: Ja3Lists, b: Ja3Lists): number {
  const [own, theirs] = [new Set(membersOf(a)), new Set(membersOf(b))];
  let shared = 0;
  for (const member of own) if (theirs.has(member)) shared++;
  return jaccard(shared, own.size + theirs.size);
}

/** @param both the sum of both weights, the shared one twice. Nothing against nothing is the same */
function jaccard(shared: number, both: number): number {
  return both === 0 ? 1 : shared / (both - shared);
}

function membersOf({ cipherSuites, extensions, supportedGroups, ecPointFormats }: Ja3Lists): readonly number[] {
  return [cipherSuites, extensions, supportedGroups, ecPointFormats].flatMap((list, i) =>
    list.map((value) => i * LIST + value),
  );
}

function featuresOf(lists: Ja3Lists): Features {
  const { cipherSuites } = lists;
  const pairs = cipherSuites.slice(1).map((suite, i) => PAIRS + cipherSuites[i]! * LIST + suite);
  return { members: [...new Set(membersOf(lists))], pairs: [...new Set(pairs)] };
}
