import type { FingerprintValue, Label, LabelMatch, LabelVia, OpenSslGeneration } from '../model/index.js';
import { canonicalGrease, hasGreaseCipher } from './grease-cipher.js';
import { groupBy } from './groups.js';
import { byWeightThenName, identityOf } from './order.js';
import { isMatched } from './quality.js';

/** What the index is filled with. The store and the label files fit this by their shape. */
export interface KnownLabel extends Label {
  /** The view the label is known under. */
  readonly view: LabelVia;
  /** Lower-case hex MD5. */
  readonly hash: string;
  /** What `hash` was made of; null where only the hash is known. */
  readonly string: string | null;
  /** Of labels under one value, the heavier comes first. */
  readonly weight: number;
  /** Labels of quality `record-version` are never matched. */
  readonly quality?: string;
}

/** The hello's ja3; the model's `Fingerprint` is one. */
export interface HelloViews {
  readonly ja3: FingerprintValue;
}

/** The hello's ssl_ja3 for a Dovecot linked with that OpenSSL. Called only where labels of that view are known. */
export type SslJa3Of = (openssl: OpenSslGeneration) => FingerprintValue;

const GENERATIONS: readonly OpenSslGeneration[] = ['3.0', '3.5'];

/** A label ready to be handed out, with what tells it from others. */
interface Entry {
  readonly identity: string;
  readonly match: LabelMatch;
}

/**
 * Names for hellos by exact fingerprint. Built once, then only read; a lookup costs a few map reads and computes no view that cannot match.
 */
export class LabelIndex {
  readonly #ja3: ReadonlyMap<string, readonly Entry[]>;
  readonly #sslJa3: ReadonlyMap<string, readonly Entry[]>;
  /** By ssl_ja3 string with its GREASE ciphers made equal, for labels whose string has one. */
  readonly #greased: ReadonlyMap<string, readonly Entry[]>;

  constructor(labels: Iterable<KnownLabel>) {
    const sorted = [...labels].filter(isMatched).sort(byWeightThenName);
    const ja3 = sorted.filter((label) => label.view === 'ja3');
    const sslJa3 = sorted.filter((label) => label.view === 'ssl_ja3');
    this.#ja3 = group(ja3, (label) => label.hash);
    this.#sslJa3 = group(sslJa3, (label) => (isGreased(label) ? null : label.hash));
    this.#greased = group(sslJa3, (label) => (isGreased(label) ? canonicalGrease(label.string) : null));
  }

  /**
   * Every label of a hello, each once: those known by its ja3 first, then those known by its ssl_ja3 only (OpenSSL 3.0's before 3.5's); within one view the
   * heavier first, then by client, version, tls_library and source in code unit order. The order does not depend on that of the labels handed in.
   *
   * A client that greases draws one of 16 GREASE ciphers for every hello, and ssl_ja3 keeps it. A label whose string has such a cipher is met by all 16;
   * one known by its hash alone is met by the value it was made of and no other.
   */
  find(views: HelloViews, sslJa3Of: SslJa3Of): readonly LabelMatch[] {
    const found: Entry[] = [];
    add(found, this.#ja3.size > 0 ? this.#ja3.get(views.ja3.hash) : undefined);
    if (this.#sslJa3.size > 0 || this.#greased.size > 0) {
      let before: string | undefined;
      for (const openssl of GENERATIONS) {
        const value = sslJa3Of(openssl);
        // Most hellos look the same to both.
        if (value.string === before) continue;
        before = value.string;
        add(found, this.#sslJa3.get(value.hash));
        if (this.#greased.size > 0 && hasGreaseCipher(value.string)) {
          add(found, this.#greased.get(canonicalGrease(value.string)));
        }
      }
    }
    return found.map((entry) => entry.match);
  }
}

function isGreased(label: KnownLabel): label is KnownLabel & { readonly string: string } {
  return label.string !== null && hasGreaseCipher(label.string);
}

/** Labels under one value are few: a scan is cheaper than a set. */
function add(found: Entry[], entries: readonly Entry[] | undefined): void {
  if (entries === undefined) return;
  for (const entry of entries) {
    if (!found.some((other) => other.identity === entry.identity)) found.push(entry);
  }
}

function group(
  labels: readonly KnownLabel[],
  keyOf: (label: KnownLabel) => string | null,
): ReadonlyMap<string, readonly Entry[]> {
  return new Map(Array.from(groupBy(labels, keyOf), ([key, own]) => [key, own.map(entryOf)]));
}

function entryOf(label: KnownLabel): Entry {
  const { client, version, tlsLibrary, source, view } = label;
  return { identity: identityOf(label), match: { client, version, tlsLibrary, source, via: view } };
}
