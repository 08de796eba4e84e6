import {
  type Ja3Lists,
  ja3OfLists,
  knownToOpenSsl,
  md5,
  parseJa3String,
  parseJa4,
  sslJa3,
  sslJa3OfLists,
} from '../fingerprint/index.js';
import type {
  ClientHello,
  Fingerprint,
  FingerprintValue,
  KnownValue,
  KnownViews,
  LabelVia,
  OpenSslGeneration,
} from '../model/index.js';
import { once } from './groups.js';
import { listsOfString, withoutGreaseLists } from './lists.js';

/** What is known of the hello to be recognised. Made by the functions of this file; every part may be missing but one. */
export interface Subject {
  readonly ja3: KnownValue | null;
  /** Every ssl_ja3 it may have: one where that is what is known, one or two (OpenSSL 3.0's and 3.5's) where they follow from the rest. */
  readonly sslJa3: readonly KnownValue[];
  readonly ja4: KnownValue | null;
  /** As `listsView` tells them: `ssl_ja3` hides extensions, and the version. Without GREASE; null where hashes are all that is known. */
  readonly lists: Ja3Lists | null;
  readonly listsView: 'ja3' | 'ssl_ja3';
  /** Perhaps all that is known is what Dovecot told. What has a ja3 string is met by what Dovecot would have told of it, then; see `ExactIndex`. */
  readonly mayBeSslJa3: boolean;
  /** The hello itself was seen: what is not in its lists was not sent. Strings have lost GREASE. */
  readonly seen: boolean;
}

const GENERATIONS: readonly OpenSslGeneration[] = ['3.0', '3.5'];

/** A hello that was seen: everything is known. */
export function subjectOfHello(hello: ClientHello, fingerprint: Fingerprint): Subject {
  return new HelloSubject(hello, fingerprint);
}

/**
 * A ja3 string. GREASE that some tool left in is taken out.
 *
 * @throws SensorError `bad_ja3_string`, `ja3_too_long`
 */
export function subjectOfJa3String(string: string): Subject {
  const given = parseJa3String(string);
  const lists = withoutGreaseLists(given);
  // The parser takes one spelling only: where nothing was taken out, this is the string.
  const ja3 = numbersOf(lists) === numbersOf(given) ? { string, hash: md5(string) } : ja3OfLists(lists);
  const sslJa3 = once(() => distinct(GENERATIONS.map((openssl) => sslJa3OfLists(lists, openssl))));
  return {
    ja3,
    get sslJa3() {
      return sslJa3();
    },
    ja4: null,
    lists,
    listsView: 'ja3',
    mayBeSslJa3: false,
    seen: false,
  };
}

/**
 * An ssl_ja3 string, as Dovecot logs it.
 *
 * @throws SensorError `bad_ja3_string`, `ja3_too_long`
 */
export function subjectOfSslJa3String(string: string): Subject {
  const lists = parseJa3String(string);
  return {
    ja3: null,
    sslJa3: [{ string, hash: md5(string) }],
    ja4: null,
    lists: withoutGreaseLists(lists),
    listsView: 'ssl_ja3',
    mayBeSslJa3: true,
    seen: false,
  };
}

/**
 * A string of either kind, from somebody who does not know which: both are looked for.
 *
 * @throws SensorError `bad_ja3_string`, `ja3_too_long`
 */
export function subjectOfString(string: string): Subject {
  const asJa3 = subjectOfJa3String(string);
  const { version, extensions } = parseJa3String(string);
  // Dovecot says 771 of every hello, and lists no extension OpenSSL does not know.
  if (version !== 771 || knownToOpenSsl(extensions, '3.5').length < extensions.length) return asJa3;
  const asSslJa3 = subjectOfSslJa3String(string);
  return { ...asSslJa3, ja3: asJa3.ja3, sslJa3: distinct([...asSslJa3.sslJa3, ...asJa3.sslJa3]) };
}

/**
 * A hash alone.
 *
 * @param view what it is the hash of; null where that is not known: ja3 and ssl_ja3 are both looked for
 */
export function subjectOfHash(hash: string, view: Exclude<LabelVia, 'ja4'> | null): Subject {
  const value: KnownValue = { string: null, hash };
  return {
    ja3: view === 'ssl_ja3' ? null : value,
    sslJa3: view === 'ja3' ? [] : [value],
    ja4: null,
    lists: null,
    listsView: 'ja3',
    mayBeSslJa3: view !== 'ja3',
    seen: false,
  };
}

/**
 * A ja4, `a_b_c`, with its ja4_r where that is known.
 *
 * @throws SensorError `bad_ja4`
 */
export function subjectOfJa4(ja4: string, ja4r: string | null = null): Subject {
  parseJa4(ja4);
  return {
    ja3: null,
    sslJa3: [],
    ja4: { string: ja4r, hash: ja4 },
    lists: null,
    listsView: 'ja3',
    mayBeSslJa3: false,
    seen: false,
  };
}

/**
 * Whatever views of one hello a log or a table tells. A string that breaks its form is passed over: its hash still counts.
 */
export function subjectOfViews(views: Pick<KnownViews, 'ja3' | 'sslJa3' | 'ja4'>): Subject {
  const { ja3, ja4 } = views;
  const told = distinct(GENERATIONS.map((openssl) => views.sslJa3[openssl]).filter((value) => value !== null));
  const ja3Lists = listsOf(ja3);
  if (ja3 !== null && ja3Lists !== null) {
    const derived = GENERATIONS.map((openssl) => sslJa3OfLists(ja3Lists, openssl));
    const sslJa3 = told.length > 0 ? told : distinct(derived);
    return {
      ja3,
      sslJa3,
      ja4,
      lists: withoutGreaseLists(ja3Lists),
      listsView: 'ja3',
      mayBeSslJa3: ja3 === null,
      seen: false,
    };
  }
  const sslLists = told.map(listsOf).find((lists) => lists !== null);
  const lists = sslLists === undefined ? null : withoutGreaseLists(sslLists);
  return {
    ja3,
    sslJa3: told,
    ja4,
    lists,
    listsView: lists === null ? 'ja3' : 'ssl_ja3',
    mayBeSslJa3: ja3 === null,
    seen: false,
  };
}

/** Computes what a rung asks for when it asks: most hellos are known by the first. */
class HelloSubject implements Subject {
  readonly listsView = 'ja3';
  readonly mayBeSslJa3 = false;
  readonly seen = true;
  readonly #hello: ClientHello;
  readonly #fingerprint: Fingerprint;
  #sslJa3: readonly FingerprintValue[] | undefined;
  #lists: Ja3Lists | undefined;

  constructor(hello: ClientHello, fingerprint: Fingerprint) {
    this.#hello = hello;
    this.#fingerprint = fingerprint;
  }

  get ja3(): KnownValue {
    return this.#fingerprint.ja3;
  }

  get sslJa3(): readonly KnownValue[] {
    this.#sslJa3 ??= distinct(GENERATIONS.map((openssl) => sslJa3(this.#hello, openssl)));
    return this.#sslJa3;
  }

  get ja4(): KnownValue | null {
    return this.#fingerprint.ja4;
  }

  get lists(): Ja3Lists {
    const hello = this.#hello;
    this.#lists ??= withoutGreaseLists({
      version: hello.legacyVersion,
      cipherSuites: hello.cipherSuites,
      extensions: hello.extensionTypes,
      supportedGroups: hello.supportedGroups ?? [],
      ecPointFormats: hello.ecPointFormats ?? [],
    });
    return this.#lists;
  }
}

function listsOf(value: KnownValue | null): Ja3Lists | null {
  return value?.string == null ? null : listsOfString(value.string);
}

function numbersOf({ cipherSuites, extensions, supportedGroups }: Ja3Lists): number {
  return cipherSuites.length + extensions.length + supportedGroups.length;
}

/** Each hash once. */
function distinct<T extends KnownValue>(values: readonly T[]): readonly T[] {
  return values.filter((value, i) => values.findIndex((other) => other.hash === value.hash) === i);
}
