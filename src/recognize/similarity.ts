import type { Ja3Lists } from '../fingerprint/index.js';
import { MAX_COMPARED_NUMBERS } from './limits.js';

/** How much the members of the lists count against the order of the cipher suites. Measured: docs/recognition.md. */
const MEMBERS = 0.7;

/**
 * A feature nobody known has tells none of them from another: it weighs as one that this share of them has. As the rarest of all it would make strangers of
 * a client and its next version.
 */
const UNKNOWN = 0.1;

/** Features are numbers: 16 bits of value behind the number of the list, pairs of neighbouring ciphers behind 2^32. */
const LIST = 0x10000;
const PAIRS = 0x1_0000_0000;

/** Members of the lists, and neighbours among the cipher suites: each once. */
interface Features {
  readonly members: readonly number[];
  readonly pairs: readonly number[];
}

/** Which known hellos have a feature: those listed, or, of a feature that more than half of them have, those not listed. */
interface Posting {
  readonly weight: number;
  readonly listed: Uint32Array;
  readonly inverted: boolean;
}

/**
 * Scores known hellos against one: 0.7 of the weighted Jaccard index of the lists' members and 0.3 of that of neighbouring cipher suites, where a feature
 * weighs more the fewer known hellos have it: ln(1 + all / those).
 *
 * An inverted index: a known hello is visited once for each feature of the subject that it has (or, of a common one, has not), in typed arrays. Nobody
 * is left out, so the scores are those of comparing with each.
 */
export class SimilarityIndex {
  readonly #size: number;
  readonly #postings: ReadonlyMap<number, Posting>;
  /** What the features of each known hello weigh together. */
  readonly #members: Float64Array;
  readonly #pairs: Float64Array;
  /** What each shares with the one looked for: written anew for every search. */
  readonly #sharedMembers: Float64Array;
  readonly #sharedPairs: Float64Array;

  /** @param known lists of one view; a score is told by their position */
  constructor(known: readonly Ja3Lists[]) {
    this.#size = known.length;
    const features = known.map(featuresOf);
    this.#postings = this.#postingsOf(features);
    this.#members = Float64Array.from(features, ({ members }) => this.#weigh(members));
    this.#pairs = Float64Array.from(features, ({ pairs }) => this.#weigh(pairs));
    this.#sharedMembers = new Float64Array(known.length);
    this.#sharedPairs = new Float64Array(known.length);
  }

  /** Scores of all, 0 to 1, by position; null where the lists are longer than anything known could be. */
  scores(lists: Ja3Lists): Float64Array | null {
    const numbers = lists.cipherSuites.length + lists.extensions.length + lists.supportedGroups.length;
    if (numbers > MAX_COMPARED_NUMBERS) return null;
    const { members, pairs } = featuresOf(lists);
    const [ownMembers, ownPairs] = [this.#weigh(members), this.#weigh(pairs)];
    this.#share(members, this.#sharedMembers);
    this.#share(pairs, this.#sharedPairs);
    const scores = new Float64Array(this.#size);
    for (let i = 0; i < this.#size; i++) {
      scores[i] =
        MEMBERS * jaccard(this.#sharedMembers[i]!, ownMembers + this.#members[i]!) +
        (1 - MEMBERS) * jaccard(this.#sharedPairs[i]!, ownPairs + this.#pairs[i]!);
    }
    return scores;
  }

  #share(features: readonly number[], shared: Float64Array): void {
    const postings = features.map((feature) => this.#postings.get(feature)).filter((one) => one !== undefined);
    shared.fill(postings.reduce((sum, { weight, inverted }) => (inverted ? sum + weight : sum), 0));
    for (const { weight, listed, inverted } of postings) {
      const change = inverted ? -weight : weight;
      for (let i = 0; i < listed.length; i++) shared[listed[i]!]! += change;
    }
  }

  #weigh(features: readonly number[]): number {
    const unknown = weightOf(UNKNOWN);
    return features.reduce((sum, feature) => sum + (this.#postings.get(feature)?.weight ?? unknown), 0);
  }

  #postingsOf(features: readonly Features[]): ReadonlyMap<number, Posting> {
    const holders = new Map<number, number[]>();
    for (const [i, { members, pairs }] of features.entries()) {
      for (const feature of members.concat(pairs)) {
        const own = holders.get(feature);
        if (own === undefined) holders.set(feature, [i]);
        else own.push(i);
      }
    }
    return new Map(Array.from(holders, ([feature, own]) => [feature, this.#posting(own)]));
  }

  #posting(holders: readonly number[]): Posting {
    const inverted = 2 * holders.length > this.#size;
    const listed = inverted ? complement(holders, this.#size) : Uint32Array.from(holders);
    return { weight: weightOf(holders.length / this.#size), listed, inverted };
  }
}

/** @param share of the known hellos that have it, above 0 */
function weightOf(share: number): number {
  return Math.log(1 + 1 / share);
}

/** The positions below `size` that are not among these, which ascend. */
function complement(positions: readonly number[], size: number): Uint32Array {
  const others = new Uint32Array(size - positions.length);
  let at = 0;
  for (let i = 0, next = 0; i < size; i++) {
    if (i === positions[next]) next++;
    else others[at++] = i;
  }
  return others;
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

/** @param both the sum of both weights, the shared one twice. Nothing against nothing is the same; sums of logarithms may miss 0 and 1 by a hair */
function jaccard(shared: number, both: number): number {
  return both === 0 ? 1 : Math.min(1, Math.max(0, shared / (both - shared)));
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
