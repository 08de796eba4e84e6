import type { Ja3Lists } from '../fingerprint/index.js';
import type { LabelRow, Recognition, Rung } from '../model/index.js';
import { type Calibration, confidenceOf, noCalibration } from './calibration.js';
import { type Answer, answerOf } from './candidates.js';
import { differenceOf } from './difference.js';
import { ExactIndex } from './exact-index.js';
import { once } from './groups.js';
import { Ja4Index } from './ja4-index.js';
import { type KnownHello, knownHellos } from './known-hello.js';
import { comparable, ListIndex, type ListRung } from './list-index.js';
import { type Neighbour, neighboursOf } from './neighbours.js';
import { type Probed, Probes } from './probes.js';
import type { Scored } from './section.js';
import { overlap } from './similarity.js';
import type { Subject } from './subject.js';

export type AnsweringRung = Exclude<Rung, 'none'>;

/** The surest first. */
export const RUNGS: readonly AnsweringRung[] = [
  'ja3',
  'ja4',
  'ssl_ja3',
  'situational',
  'unordered',
  'stack',
  'nearest',
];

/** Below this nothing is similar enough to be named. Measured: docs/recognition.md. */
export const MIN_SCORE = 0.8;

/** Known hellos this close behind the best one answer with it: no score tells them apart. */
export const GAP = 0.03;

/** Recognises hellos among the labels it was built from. Built once, then only read; what a rung needs is made when a hello first gets that far. */
export class Recognizer {
  readonly #calibration: Calibration;
  readonly #exact: ExactIndex;
  readonly #lists: () => ListIndex;
  readonly #probes: () => Probes;
  readonly #ja4: () => Ja4Index;
  /** Answers of a single known hello, which nearly all exact ones are. */
  readonly #answers = new WeakMap<KnownHello, Answer>();

  /** @param calibration what confidence is read from; without one it is null throughout */
  constructor(labels: Iterable<LabelRow>, calibration: Calibration = noCalibration) {
    const known = knownHellos(labels);
    this.#calibration = calibration;
    this.#exact = new ExactIndex(known);
    this.#lists = once(() => new ListIndex(known));
    this.#probes = once(() => new Probes(known));
    this.#ja4 = once(() => new Ja4Index(known));
  }

  /** Climbs down the ladder to the first rung that answers. Never throws. */
  recognize(subject: Subject): Recognition {
    for (const rung of RUNGS) {
      const answer = this.answerOn(rung, subject);
      if (answer !== null) return answer;
    }
    return unrecognized;
  }

  /** What one rung answers, whether or not a surer one would; null where it does not. */
  answerOn(rung: AnsweringRung, subject: Subject): Recognition | null {
    switch (rung) {
      case 'ja3':
        return this.#exactly(rung, this.#exact.ja3(subject));
      case 'ja4':
        return this.#exactly(rung, this.#exact.ja4(subject));
      case 'ssl_ja3':
        return this.#exactly(rung, this.#exact.sslJa3(subject));
      case 'situational':
        return this.#among(rung, [...this.#byLists(rung, subject), ...this.#probes().find(subject).map(metByProbe)]);
      case 'unordered':
        return this.#among(rung, [...this.#byLists(rung, subject), ...this.#ja4().find(subject.ja4).map(metByJa4)]);
      case 'stack':
        return this.#closest(rung, this.#byLists(rung, subject));
      case 'nearest':
        return this.#closest(rung, this.#similar(subject));
    }
  }

  /**
   * What the hello listed: its own lists, or where hashes are all that is known, those they were made of, of a known hello in whatever situation. null: of a hash that
   * nobody knows.
   */
  listsOf(subject: Subject): Ja3Lists | null {
    if (subject.lists !== null) return subject.lists;
    const exact = [...this.#exact.ja3(subject), ...this.#exact.sslJa3(subject)].find(({ lists }) => lists !== null);
    return exact?.lists ?? this.#probes().find(subject)[0]?.subjectLists ?? null;
  }

  /** The known hellos most similar to this one, the nearest first: up to `count`, itself left out. Empty where only hashes are known of it. */
  neighbours(subject: Subject, count: number): readonly Neighbour[] {
    return neighboursOf(subject, this.#lists().similar(subject, 0), count);
  }

  #exactly(rung: AnsweringRung, found: readonly KnownHello[]): Recognition | null {
    if (found.length === 0) return null;
    const { candidates, family } = this.#answer(found);
    const confidence = confidenceOf(this.#calibration, rung, 1);
    return { rung, score: 1, confidence, family, candidates, difference: null };
  }

  #answer(found: readonly KnownHello[]): Answer {
    const [only] = found;
    const known = found.length === 1 ? this.#answers.get(only!) : undefined;
    if (known !== undefined) return known;
    const answer = answerOf(found.map((one) => ({ known: one, closeness: 1 })));
    if (found.length === 1) this.#answers.set(only!, answer);
    return answer;
  }

  #similar(subject: Subject): readonly Met[] {
    return this.#lists()
      .similar(subject, MIN_SCORE)
      .map(({ known, score }) => ({ known, score, pair: pairOf(subject, known) }));
  }

  #byLists(rung: ListRung, subject: Subject): readonly Met[] {
    return this.#lists()
      .find(rung, subject)
      .map((known) => {
        const pair = pairOf(subject, known);
        return { known, score: pair === null ? 0 : overlap(...pair), pair };
      });
  }

  /** Only those that no score tells from the best, the nearer with more weight; and no confidence where they do not agree on a family. */
  #closest(rung: AnsweringRung, met: readonly Met[]): Recognition | null {
    const best = met.reduce((highest, { score }) => Math.max(highest, score), 0);
    const answer = this.#among(
      rung,
      met.filter(({ score }) => score > best - GAP),
      (score) => 1 - (best - score) / GAP,
    );
    return answer?.family === null ? { ...answer, confidence: null } : answer;
  }

  /** @param closenessOf how much a known hello with that score counts */
  #among(rung: AnsweringRung, met: readonly Met[], closenessOf = (score: number) => score): Recognition | null {
    if (met.length === 0) return null;
    const answer = answerOf(met.map(({ known, score }) => ({ known, closeness: closenessOf(score) })));
    const { score, pair } = met.find(({ known }) => known === answer.best)!;
    return {
      rung,
      score,
      confidence: confidenceOf(this.#calibration, rung, score),
      family: answer.family,
      candidates: answer.candidates,
      difference: pair === null ? null : differenceOf(...pair),
    };
  }
}

/** A known hello that answers, and the lists of both in one view; null where they are not known. */
interface Met extends Scored {
  readonly pair: readonly [Ja3Lists, Ja3Lists] | null;
}

function metByJa4({ known, score }: Scored): Met {
  return { known, score, pair: null };
}

function metByProbe({ known, subjectLists, knownLists }: Probed): Met {
  const pair = [subjectLists, knownLists] as const;
  return { known, score: overlap(...pair), pair };
}

function pairOf({ lists, listsView }: Subject, known: KnownHello): Met['pair'] {
  return lists === null ? null : comparable(lists, listsView, known);
}

/** Of a hello that is like nothing that is known. */
export const unrecognized: Recognition = {
  rung: 'none',
  score: 0,
  confidence: null,
  family: null,
  candidates: [],
  difference: null,
};
