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

/** What the recogniser must not know when it is asked for a label. */
export type LeaveOut = (label: LabelRow, asked: LabelRow) => boolean;

/** The fingerprint, with everybody who has it. */
export const sameFingerprint: LeaveOut = (label, asked) => label.string === asked.string;

/** The client, whatever fingerprint it has. */
export const sameClient: LeaveOut = (label, asked) => label.client === asked.client;

/** One trial for each label of `asked`, with what `leaveOut` says taken out of `known`. */
export function leaveOneOut(
  asked: readonly LabelRow[],
  known: readonly LabelRow[],
  leaveOut: LeaveOut,
  ask: Ask,
): Trial[] {
  return asked.map((truth) => {
    const recognizer = new Recognizer(known.filter((label) => !leaveOut(label, truth)));
    return { truth, answer: ask(recognizer, subjectOfJa3String(truth.string!)) };
  });
}

export function tally(trials: readonly Trial[]): Tally {
  const answered = trials.filter((trial): trial is Trial & { answer: Recognition } => trial.answer !== null);
  const named = answered.filter(({ truth, answer }) => familyOf(truth.tlsLibrary) !== null && answer.family !== null);
  return {
    asked: trials.length,
    answers: answered.length,
    anyLabel: answered.filter(({ truth, answer }) =>
      answer.candidates.some(({ label }) => label.client === truth.client),
    ).length,
    topLabel: answered.filter(({ truth, answer }) => answer.candidates[0]?.label.client === truth.client).length,
    named: named.length,
    family: named.filter(({ truth, answer }) => answer.family === familyOf(truth.tlsLibrary)).length,
  };
}
