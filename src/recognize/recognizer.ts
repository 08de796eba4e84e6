import type { LabelRow, Recognition, Rung } from '../model/index.js';
import { type Calibration, confidenceOf, noCalibration } from './calibration.js';
import { type Answer, answerOf } from './candidates.js';
import { ExactIndex } from './exact-index.js';
import { type KnownHello, knownHellos } from './known-hello.js';
import type { Subject } from './subject.js';

/** Recognises hellos among the labels it was built from. Built once, then only read. */
export class Recognizer {
  readonly #calibration: Calibration;
  readonly #exact: ExactIndex;
  /** Answers of a single known hello, which nearly all exact ones are. */
  readonly #answers = new WeakMap<KnownHello, Answer>();

  constructor(labels: Iterable<LabelRow>, calibration: Calibration = noCalibration) {
    const known = knownHellos(labels);
    this.#calibration = calibration;
    this.#exact = new ExactIndex(known);
  }

  /** Climbs down the ladder to the first rung that answers. Never throws. */
  recognize(subject: Subject): Recognition {
    return (
      this.#exactly('ja3', this.#exact.ja3(subject)) ??
      this.#exactly('ja4', this.#exact.ja4(subject)) ??
      this.#exactly('ssl_ja3', this.#exact.sslJa3(subject)) ??
      NOTHING
    );
  }

  #exactly(rung: Rung, found: readonly KnownHello[]): Recognition | null {
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
}

const NOTHING: Recognition = {
  rung: 'none',
  score: 0,
  confidence: null,
  family: null,
  candidates: [],
  difference: null,
};
