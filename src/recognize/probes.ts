import { type Ja3Lists, ja3OfLists, sslJa3OfLists } from '../fingerprint/index.js';
import type { FingerprintValue, LabelVia, OpenSslGeneration } from '../model/index.js';
import { groupBy, once } from './groups.js';
import type { KnownHello } from './known-hello.js';
import type { Subject } from './subject.js';
import { situationalVariants } from './variants.js';

const GENERATIONS: readonly OpenSslGeneration[] = ['3.0', '3.5'];

/** A known hello, and the lists that hash says it has (or that the subject has, where it is the one with a hash alone). */
export interface Probed {
  readonly known: KnownHello;
  readonly subjectLists: Ja3Lists;
  readonly knownLists: Ja3Lists;
}

/**
 * Meets hashes that nobody gave a string for: the values that a hello would have in other situations are computed, and looked up. Which one fits also says
 * what the hash was made of.
 */
export class Probes {
  readonly #hashOnly: Readonly<Record<'ja3' | 'ssl_ja3', ReadonlyMap<string, readonly KnownHello[]>>>;
  readonly #withLists: readonly KnownHello[];
  /** Variants of all known hellos, by 52 bits of the hash: a number takes an eighth of the string's memory. */
  readonly #variants: Readonly<Record<'ja3' | 'ssl_ja3', () => ReadonlyMap<number, readonly KnownHello[]>>>;

  constructor(known: readonly KnownHello[]) {
    const hashOnly = known.filter((one) => one.lists === null);
    const of = (view: LabelVia) => groupBy(hashOnly, (one) => (one.view === view ? one.hash : null));
    this.#hashOnly = { ja3: of('ja3'), ssl_ja3: of('ssl_ja3') };
    this.#withLists = known.filter((one) => one.lists !== null);
    this.#variants = { ja3: once(() => this.#variantsOf('ja3')), ssl_ja3: once(() => this.#variantsOf('ssl_ja3')) };
  }

  find(subject: Subject): readonly Probed[] {
    const { lists, listsView } = subject;
    if (lists === null) return this.#byHash(subject);
    return [...(listsView === 'ja3' ? this.#tryOn('ja3', lists) : []), ...this.#tryOn('ssl_ja3', lists)];
  }

  /** A subject with lists, known ones without. */
  #tryOn(view: 'ja3' | 'ssl_ja3', lists: Ja3Lists): readonly Probed[] {
    const wanted = this.#hashOnly[view];
    if (wanted.size === 0) return [];
    return situationalVariants(lists).flatMap((knownLists) => {
      const found = new Set(valuesOf(view, knownLists).flatMap(({ hash }) => wanted.get(hash) ?? []));
      return Array.from(found, (known) => ({ known, subjectLists: lists, knownLists }));
    });
  }

  /** The other way round. */
  #byHash({ ja3, sslJa3 }: Subject): readonly Probed[] {
    const found = new Map<KnownHello, Probed>();
    for (const [view, values] of [
      ['ja3', ja3 === null ? [] : [ja3]],
      ['ssl_ja3', sslJa3],
    ] as const) {
      for (const { hash } of values) {
        for (const known of this.#variants[view]().get(shortened(hash)) ?? []) {
          const subjectLists = situationalVariants(known.lists!).find((lists) =>
            valuesOf(view, lists).some((value) => value.hash === hash),
          );
          if (subjectLists !== undefined) found.set(known, { known, subjectLists, knownLists: known.lists! });
        }
      }
    }
    return [...found.values()];
  }

  #variantsOf(view: 'ja3' | 'ssl_ja3'): ReadonlyMap<number, readonly KnownHello[]> {
    const variants = new Map<number, KnownHello[]>();
    for (const known of this.#withLists) {
      // What Dovecot told of a hello does not say what its ja3 was.
      if (view === 'ja3' && known.view !== 'ja3') continue;
      const hashes = situationalVariants(known.lists!).flatMap((lists) =>
        valuesOf(view, lists).map(({ hash }) => shortened(hash)),
      );
      for (const hash of new Set(hashes)) {
        const others = variants.get(hash);
        if (others === undefined) variants.set(hash, [known]);
        else others.push(known);
      }
    }
    return variants;
  }
}

function valuesOf(view: 'ja3' | 'ssl_ja3', lists: Ja3Lists): readonly FingerprintValue[] {
  return view === 'ja3' ? [ja3OfLists(lists)] : GENERATIONS.map((openssl) => sslJa3OfLists(lists, openssl));
}

function shortened(hash: string): number {
  return Number.parseInt(hash.slice(0, 13), 16);
}
