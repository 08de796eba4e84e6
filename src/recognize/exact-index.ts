import { md5, sslJa3OfLists } from '../fingerprint/index.js';
import type { KnownValue, LabelVia, OpenSslGeneration } from '../model/index.js';
import { canonicalGrease, greaseDraws, hasGreaseCipher } from './grease-cipher.js';
import { groupBy, once } from './groups.js';
import type { KnownHello } from './known-hello.js';
import { identityOf } from './order.js';
import type { Subject } from './subject.js';

const GENERATIONS: readonly OpenSslGeneration[] = ['3.0', '3.5'];

/**
 * Known hellos by their very value. What follows from a value counts as the value: a ja3 string says what Dovecot would log, but for GREASE, which it has
 * lost; an ssl_ja3 string with a GREASE cipher stands for all its 16 draws.
 */
export class ExactIndex {
  readonly #byHash: Readonly<Record<LabelVia, ReadonlyMap<string, readonly KnownHello[]>>>;
  /** ssl_ja3 with a GREASE cipher, by the string with that made the first one. */
  readonly #greased: ReadonlyMap<string, readonly KnownHello[]>;
  /** The same by the string without it: how a ja3 string tells of them. */
  readonly #ungreased: ReadonlyMap<string, readonly KnownHello[]>;
  /** The same by the hash of each draw, for somebody who logged nothing else. */
  readonly #draws: () => ReadonlyMap<string, readonly KnownHello[]>;
  /** Known by a ja3 string: by the ssl_ja3 string that follows, and by its hash. */
  readonly #projected: () => ReadonlyMap<string, readonly KnownHello[]>;
  readonly #projectedHash: () => ReadonlyMap<string, readonly KnownHello[]>;

  constructor(known: readonly KnownHello[]) {
    const of = (view: LabelVia) => known.filter((one) => one.view === view);
    const [ja3, sslJa3] = [of('ja3'), of('ssl_ja3')];
    const byHash = (own: readonly KnownHello[]) => groupBy(own, (one) => one.hash);
    this.#byHash = { ja3: byHash(ja3), ssl_ja3: byHash(sslJa3), ja4: byHash(of('ja4')) };
    const greased = sslJa3.filter((one) => one.string !== null && hasGreaseCipher(one.string));
    this.#greased = groupBy(greased, (one) => canonicalGrease(one.string!));
    this.#ungreased = groupBy(greased, (one) => (one.lists === null ? null : sslJa3OfLists(one.lists, '3.5').string));
    this.#draws = once(() => byKeys(greased, (one) => greaseDraws(one.string!).map(md5)));
    this.#projected = once(() => byKeys(ja3, (one) => projections(one).map((value) => value.string)));
    this.#projectedHash = once(() => byKeys(ja3, (one) => projections(one).map((value) => value.hash)));
  }

  ja3({ ja3 }: Subject): readonly KnownHello[] {
    return (ja3 === null ? undefined : this.#byHash.ja3.get(ja3.hash)) ?? NONE;
  }

  ja4({ ja4 }: Subject): readonly KnownHello[] {
    return (ja4 === null ? undefined : this.#byHash.ja4.get(ja4.hash)) ?? NONE;
  }

  /**
   * Known hellos with a ja3 are met here only by what may have none: of two whose ja3 are known to differ, that Dovecot could not tell them apart says nothing.
   */
  sslJa3(subject: Subject): readonly KnownHello[] {
    if (!subject.mayBeSslJa3 && this.#byHash.ssl_ja3.size === 0) return NONE;
    const found = new Set<KnownHello>();
    for (const value of subject.sslJa3) {
      const { hash, string } = value;
      add(found, this.#byHash.ssl_ja3.get(hash));
      if (string === null) add(found, this.#greased.size > 0 ? this.#draws().get(hash) : undefined);
      else if (this.#greased.size > 0) {
        if (hasGreaseCipher(string)) add(found, this.#greased.get(canonicalGrease(string)));
        // A ja3 string cannot say whether GREASE was there; a hello's bytes can.
        else if (isFromJa3String(subject)) add(found, this.#ungreased.get(string));
      }
      if (subject.mayBeSslJa3) add(found, this.#projectionsOf(subject, value));
    }
    return found.size > 1 ? eachLabelOnce(found) : [...found];
  }

  #projectionsOf(subject: Subject, value: KnownValue): readonly KnownHello[] | undefined {
    if (value.string === null || subject.lists === null) return this.#projectedHash().get(value.hash);
    return this.#projected().get(
      hasGreaseCipher(value.string) ? sslJa3OfLists(subject.lists, '3.5').string : value.string,
    );
  }
}

const NONE: readonly KnownHello[] = [];

function isFromJa3String(subject: Subject): boolean {
  return subject.ja3 !== null && subject.lists !== null && !subject.seen;
}

function projections(known: KnownHello) {
  const { lists } = known;
  return lists === null ? [] : GENERATIONS.map((openssl) => sslJa3OfLists(lists, openssl));
}

function byKeys(
  known: readonly KnownHello[],
  keysOf: (one: KnownHello) => readonly string[],
): ReadonlyMap<string, readonly KnownHello[]> {
  const pairs = known.flatMap((one) => Array.from(new Set(keysOf(one)), (key) => ({ key, one })));
  const groups = groupBy(pairs, (pair) => pair.key);
  return new Map(Array.from(groups, ([key, own]) => [key, own.map((pair) => pair.one)]));
}

/** A list that gives a client's ja3 and its ssl_ja3 says one thing, not two. */
function eachLabelOnce(found: Iterable<KnownHello>): readonly KnownHello[] {
  const seen = new Set<string>();
  return Array.from(found).flatMap((one) => {
    const labels = one.labels.filter((label) => !seen.has(identityOf(label)));
    for (const label of labels) seen.add(identityOf(label));
    return labels.length === 0 ? [] : [labels.length === one.labels.length ? one : { ...one, labels }];
  });
}

function add(found: Set<KnownHello>, known: readonly KnownHello[] | undefined): void {
  for (const one of known ?? NONE) found.add(one);
}
