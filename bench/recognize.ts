/**
 * What recognising costs among 5,000 known fingerprints, rung by rung, and what comparing with each of them would:
 *
 *     npx tsx bench/recognize.ts [FILTER]        FILTER: a regular expression over the names
 *
 * The fingerprints are those of db/labels with some of their ciphers and extensions left out or moved: always the same.
 */
import { bench, run, summary } from 'mitata';
import { type Ja3Lists, ja3OfLists, parseJa3String } from '../src/fingerprint/index.js';
import { readLabelFolder } from '../src/lists/index.js';
import { Recognizer, type Subject, subjectOfHash, subjectOfJa3String } from '../src/recognize/index.js';
import { Random } from './lib/random.js';

const COUNT = 5000;
const random = new Random(20_261_122);
const real = readLabelFolder(new URL('../db/labels', import.meta.url).pathname).filter((label) => label.view === 'ja3');

/** One or two of them missing, and the first half of them somewhere else every third time. */
function changed(list: readonly number[]): number[] {
  const at = random.between(0, list.length - 1);
  const kept = list.filter((_, i) => i !== at && i !== at + random.between(1, 5));
  const turn = random.chance(1 / 3) ? random.between(0, kept.length - 1) : 0;
  return [...kept.slice(turn), ...kept.slice(0, turn)];
}

const known = Array.from({ length: COUNT }, (_, i) => {
  const label = real[i % real.length]!;
  const lists = parseJa3String(label.string!);
  const { string, hash } = ja3OfLists({
    ...lists,
    cipherSuites: changed(lists.cipherSuites),
    extensions: changed(lists.extensions),
  });
  return { ...label, client: `${label.client} ${i}`, string, hash };
});
const recognizer = new Recognizer(known);

const one = parseJa3String(known[1234]!.string);
const subjects: Readonly<Record<string, Subject>> = {
  ja3: subjectOfHash(known[1234]!.hash, 'ja3'),
  situational: subjectOf({ ...one, extensions: one.extensions.filter((type) => type !== 0 && type !== 21).concat(41) }),
  unordered: subjectOf({ ...one, extensions: [...one.extensions].reverse() }),
  stack: subjectOf({ ...one, extensions: [...one.extensions, 9999] }),
  nearest: subjectOf({ ...one, cipherSuites: one.cipherSuites.with(5, 49_000) }),
  none: subjectOf({ ...one, cipherSuites: Array.from({ length: 30 }, (_, i) => 49_000 + i) }),
};

function subjectOf(lists: Ja3Lists): Subject {
  return subjectOfJa3String(ja3OfLists(lists).string);
}

for (const [rung, subject] of Object.entries(subjects)) {
  const answer = recognizer.recognize(subject).rung;
  if (answer !== rung) throw new Error(`the ${rung} subject is answered on ${answer}`);
  bench(`${COUNT} known, down to ${rung}`, () => recognizer.recognize(subject));
}

const nearest = subjects.nearest!;
const sets = known.map((label) => membersOf(parseJa3String(label.string)));
summary(() => {
  bench('nearest alone, inverted index', () => recognizer.answerOn('nearest', nearest));
  bench('members alone, one by one in sets, unweighted', () => {
    const own = membersOf(nearest.lists!);
    return sets.reduce((best, set) => {
      let shared = 0;
      for (const member of own) if (set.has(member)) shared++;
      return Math.max(best, shared / (own.size + set.size - shared));
    }, 0);
  });
});

const string = nearest.ja3!.string!;
bench('a subject of a ja3 string', () => subjectOfJa3String(string));
bench('an exact answer, subject included', () => recognizer.recognize(subjectOfHash(known[99]!.hash, 'ja3')));
bench('building: lists and similarity of all', () => new Recognizer(known).answerOn('nearest', nearest));
bench('neighbours: 5', () => recognizer.neighbours(nearest, 5));

function membersOf(lists: Ja3Lists): ReadonlySet<string> {
  const { cipherSuites, extensions, supportedGroups, ecPointFormats } = lists;
  return new Set(
    [cipherSuites, extensions, supportedGroups, ecPointFormats].flatMap((list, i) =>
      list.map((value) => `${i}:${value}`),
    ),
  );
}

const filter = process.argv[2];
await run(filter === undefined ? {} : { filter: new RegExp(filter) });
