import { type Ja3Lists, ja3nOfLists } from '../../fingerprint/index.js';
import type { KnownValue, LabelRow, ToldViews } from '../../model/index.js';
import type { Identify, SeenClient } from '../../policy/index.js';
import {
  deviceKeyOf,
  deviceKeyOfHash,
  listsOfString,
  type Recognizer,
  type Subject,
  subjectOfViews,
} from '../../recognize/index.js';
import { recognizeInTime } from '../recognize-in-time.js';
import { recognizerAmong } from '../recognizer.js';
import { REMEMBERED_FINGERPRINTS } from './limits.js';

/** The strings of a recorded hello that has this value, of any view; null: of none, or of several that tell of different clients. Never throws. */
export type RecordedStrings = (hash: string) => ToldViews | null;

export interface IdentifyOptions {
  /** null: clients are not named; their devices are told apart all the same. */
  readonly names: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/**
 * What views tell of a client. A string says all; a hash is looked up among the labels (also as that of another situation: a client that resumes) and among what was
 * recorded. A hash that nobody knows still tells clients apart, but not situations: such a client is another one when it resumes. Once it is known, the key that
 * it had by its hash is an alias.
 */
export async function identifier(
  labels: readonly LabelRow[],
  recorded: RecordedStrings,
  { names, now = () => performance.now() }: IdentifyOptions,
): Promise<Identify> {
  const recognizer = await recognizerAmong(labels);
  const recognize = recognizeInTime(recognizer, now);
  const read = viewReader(recognizer, ja3nIndex(labels), recorded);
  const known = new Map<string, SeenClient>();
  return (views) => {
    const key = keyOf(views);
    if (key === null) return NOTHING;
    const before = known.get(key);
    if (before !== undefined) {
      // The longest unasked is the first.
      known.delete(key);
      known.set(key, before);
      return before;
    }
    const { subject, lists } = read(views);
    const { recognition, lasting } = names ? recognize(subject) : UNNAMED;
    const hashKeys = keysOfHashes(views);
    const device = lists === null ? hashKeys[0]! : deviceKeyOf(lists);
    const found = { device, aliases: hashKeys.filter((alias) => alias !== device), recognition };
    if (lasting) {
      if (known.size >= REMEMBERED_FINGERPRINTS) known.delete(known.keys().next().value!);
      known.set(key, found);
    }
    return found;
  };
}

const NOTHING: SeenClient = { device: null, aliases: [], recognition: null };
const UNNAMED = { recognition: null, lasting: true } as const;

/** null: nothing was told. */
function keyOf({ ja3, ja3n, sslJa3, ja4 }: ToldViews): string | null {
  if (ja3 === null && ja3n === null && sslJa3 === null && ja4 === null) return null;
  return [ja3, ja3n, sslJa3, ja4].map(valueKey).join(' ');
}

/** One that was told with its string says more than the same without. */
const valueKey = (value: KnownValue | null): string =>
  value === null ? '' : value.string === null ? value.hash : `${value.hash}+`;

/** What is asked for a name, and what it listed; null where that is not known. */
interface ReadViews {
  readonly subject: Subject;
  readonly lists: Ja3Lists | null;
}

function viewReader(
  recognizer: Recognizer,
  byJa3n: ReadonlyMap<string, string>,
  recorded: RecordedStrings,
): (views: ToldViews) => ReadViews {
  return (views) => {
    const told = listsOfViews(views);
    if (told !== null) return { subject: subjectOf(views), lists: told };
    const subject = subjectOf(views);
    const lists = recognizer.listsOf(subject);
    if (lists !== null) return { subject, lists };
    for (const whole of spelledOut(views, byJa3n, recorded)) {
      const found = listsOfViews(whole);
      if (found !== null) return { subject: subjectOf(whole), lists: found };
    }
    const native = asNative(views);
    if (native === null || recognizer.answerOn('ja3', subject) !== null) return { subject, lists: null };
    const other = subjectOf(native);
    const otherLists = recognizer.listsOf(other);
    const isKnown = otherLists !== null || recognizer.answerOn('ssl_ja3', other) !== null;
    return { subject: isKnown ? other : subject, lists: otherLists };
  };
}

/** A hash that was told as ja3 is often what Dovecot computed: examples for wforce write `attrs/ja3 = %{ssl_ja3_hash}`. null: it cannot be that. */
function asNative(views: ToldViews): ToldViews | null {
  const { ja3, sslJa3 } = views;
  return ja3 === null || ja3.string !== null || sslJa3 !== null ? null : { ...views, ja3: null, sslJa3: ja3 };
}

/** The same with strings, as others know them. ja3n comes first: neither GREASE nor an order that is drawn anew for every hello changes it. */
function* spelledOut(
  views: ToldViews,
  byJa3n: ReadonlyMap<string, string>,
  recorded: RecordedStrings,
): Generator<ToldViews> {
  const { ja3n, ja3, sslJa3, ja4 } = views;
  const string = ja3n === null ? undefined : byJa3n.get(ja3n.hash);
  if (string !== undefined) yield { ...views, ja3n: { hash: ja3n!.hash, string } };
  for (const value of [ja3n, ja3, sslJa3, ja4]) {
    const found = value === null ? null : recorded(value.hash);
    if (found !== null) yield found;
  }
}

function listsOfViews({ ja3, ja3n, sslJa3 }: ToldViews): Ja3Lists | null {
  for (const value of [ja3, sslJa3, ja3n]) {
    const lists = value?.string == null ? null : listsOfString(value.string);
    if (lists !== null) return lists;
  }
  return null;
}

function subjectOf({ ja3, ja3n, sslJa3, ja4 }: ToldViews): Subject {
  // Of a hello that is known by its ja3n all is known but the order of its extensions.
  const ordered = ja3?.string == null && ja3n?.string != null ? { ...ja3n, hash: ja3?.hash ?? ja3n.hash } : ja3;
  // Which OpenSSL the mail server has was not told: it is what either of them would have seen.
  return subjectOfViews({ ja3: ordered, sslJa3: { '3.0': sslJa3, '3.5': sslJa3 }, ja4 });
}

/** Labels are known by ja3 and ssl_ja3. Of a ja3 the ja3n follows. */
function ja3nIndex(labels: readonly LabelRow[]): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const { view, string } of labels) {
    const lists = view === 'ja3' && string !== null ? listsOfString(string) : null;
    if (lists === null) continue;
    const ja3n = ja3nOfLists(lists);
    index.set(ja3n.hash, ja3n.string);
  }
  return index;
}

/**
 * The keys by the hashes that were told, first the one that the client has where nothing else is known. A hash of ja3 or ssl_ja3 may have been told under the other name
 * before, or will be once somebody sets that right: it has a key by either.
 */
function keysOfHashes({ ja3n, ja3, sslJa3, ja4 }: ToldViews): readonly string[] {
  const keys = [
    ja3n && deviceKeyOfHash('ja3n', ja3n.hash),
    ja3 && deviceKeyOfHash('ja3', ja3.hash),
    sslJa3 && deviceKeyOfHash('ssl_ja3', sslJa3.hash),
    ja4 && deviceKeyOfHash('ja4', ja4.hash),
    ja3 && deviceKeyOfHash('ssl_ja3', ja3.hash),
    sslJa3 && deviceKeyOfHash('ja3', sslJa3.hash),
  ];
  return [...new Set(keys.filter((key) => key !== null))];
}
