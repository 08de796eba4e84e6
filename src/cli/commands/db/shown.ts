import { type Explanation, explainJa3String } from '../../../explain/index.js';
import type { KnownValue, LabelRow, Recognition } from '../../../model/index.js';
import {
  type Neighbour,
  type Recognizer,
  type Subject,
  subjectOfHash,
  subjectOfJa3String,
  subjectOfJa4,
  subjectOfSslJa3String,
} from '../../../recognize/index.js';
import type { FingerprintDetail, Store, StoredViews } from '../../../store/index.js';
import { subjectOfStored, valuesOf } from './views.js';

/** Neighbours that are shown. */
const NEIGHBOURS = 5;

/** All there is to say of one fingerprint. */
export interface Shown {
  /** null: known by labels, never seen. */
  readonly detail: FingerprintDetail | null;
  readonly views: StoredViews;
  /** What the string of the ja3, or else of an ssl_ja3, tells; null where no string is known. */
  readonly lists: NonNullable<Explanation['lists']> | null;
  /** Labels under one of its very values, those that are never matched among them. */
  readonly labels: readonly LabelRow[];
  readonly recognition: Recognition;
  readonly neighbours: readonly Neighbour[];
}

export function shownOfStored(detail: FingerprintDetail, store: Store, recognizer: Recognizer): Shown {
  const { views } = detail;
  const hashes = [...new Set(valuesOf(views).map(([, { hash }]) => hash))];
  const labels = hashes.flatMap((hash) => store.labels.list({ hash }));
  return shown(detail, views, subjectOfStored(views), labels, recognizer);
}

/** What follows from the labels of one value. @param labels one at least, all of that value */
export function shownOfLabels(labels: readonly LabelRow[], recognizer: Recognizer): Shown {
  const first = labels.find(({ string }) => string !== null) ?? labels[0]!;
  return shown(null, viewsOf(first), subjectOfLabel(first), labels, recognizer);
}

function shown(
  detail: FingerprintDetail | null,
  views: StoredViews,
  subject: Subject,
  labels: readonly LabelRow[],
  recognizer: Recognizer,
): Shown {
  const string = views.ja3?.string ?? views.sslJa3['3.0']?.string ?? views.sslJa3Logged?.string ?? null;
  return {
    detail,
    views,
    lists: string === null ? null : explainJa3String(string).lists,
    labels,
    recognition: recognizer.recognize(subject),
    neighbours: recognizer.neighbours(subject, NEIGHBOURS),
  };
}

function subjectOfLabel({ view, hash, string }: LabelRow): Subject {
  if (view === 'ja4') return subjectOfJa4(hash, string);
  if (string === null) return subjectOfHash(hash, view);
  return view === 'ja3' ? subjectOfJa3String(string) : subjectOfSslJa3String(string);
}

const NO_VIEWS: StoredViews = {
  ja3: null,
  ja3n: null,
  sslJa3: { '3.0': null, '3.5': null },
  sslJa3Logged: null,
  ja4: null,
};

/** The others follow from a ja3 string, for clients without GREASE. */
function viewsOf({ view, hash, string }: LabelRow): StoredViews {
  const value: KnownValue = { string, hash };
  if (view === 'ja4') return { ...NO_VIEWS, ja4: value };
  if (view === 'ssl_ja3') return { ...NO_VIEWS, sslJa3Logged: value };
  if (string === null) return { ...NO_VIEWS, ja3: value };
  const { ja3n, sslJa3 } = explainJa3String(string).fingerprints;
  return { ...NO_VIEWS, ja3: value, ja3n, sslJa3 };
}
