import type { LabelRow, Recognition } from '../../src/model/index.js';
import { familyOf, Recognizer, type Subject, subjectOfJa3String } from '../../src/recognize/index.js';

/** One question to a recogniser that did not know the fingerprint, and what it said. */
export interface Trial {
  readonly truth: LabelRow;
  readonly answer: Recognition | null;
}

/** How a rung did. */
export interface Tally {
  readonly asked: number;
  readonly answers: number;
  /** The client is among the candidates, or the first of them. */
  readonly anyLabel: number;
  readonly topLabel: number;
  /** Answers that name a family where the true one is known, and those that name the true one. */
  readonly named: number;
  readonly family: number;
}

export type Ask = (recognizer: Recognizer, subject: Subject) => Recognition | null;

/**
 * Asks for every fingerprint of `asked` with all its labels taken out of `known`; one trial for each label it has.
 *
 * @param alsoOut takes out more: what else the recogniser must not know
 */
export function leaveOneOut(
  asked: readonly LabelRow[],
  known: readonly LabelRow[],
  ask: Ask,
  alsoOut: (label: LabelRow, asked: LabelRow) => boolean = () => false,
): Trial[] {
  const trials: Trial[] = [];
  for (const string of new Set(asked.map((label) => label.string!))) {
    for (const truth of asked.filter((label) => label.string === string)) {
      const rest = known.filter((label) => label.string !== string && !alsoOut(label, truth));
      trials.push({ truth, answer: ask(new Recognizer(rest), subjectOfJa3String(string)) });
    }
  }
  return trials;
}

export function tally(trials: readonly Trial[]): Tally {
  const answered = trials.filter((trial): trial is Trial & { answer: Recognition } => trial.answer !== null);
  const named = answered.filter(({ truth, answer }) => familyOf(truth.tlsLibrary) !== null && answer.family !== null);
  return {
    asked: trials.length,
    answers: answered.length,
    anyLabel: answered.filter(({ truth, answer }) => names(answer, truth)).length,
    topLabel: answered.filter(({ truth, answer }) => answer.candidates[0]!.label.client === truth.client).length,
    named: named.length,
    family: named.filter(({ truth, answer }) => answer.family === familyOf(truth.tlsLibrary)).length,
  };
}

export function names(answer: Recognition, truth: LabelRow): boolean {
  return answer.candidates.some(({ label }) => label.client === truth.client);
}
