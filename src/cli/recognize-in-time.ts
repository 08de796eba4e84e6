import type { Recognition } from '../model/index.js';
import { type AnsweringRung, type Recognizer, type Subject, unrecognized } from '../recognize/index.js';

/** Rungs that cost a look into a table. The others compare with what is known, which takes the longer the more that is. */
const EXACT: readonly AnsweringRung[] = ['ja3', 'ja4', 'ssl_ja3'];

/** Milliseconds of a second that may go into comparing. Strangers can say as many hellos that nobody knows as they like, each on the way of all logins of the process. */
const COMPARING = 100;

/** `lasting`: false where there was no time to compare, and the next time there may be. */
export interface TimelyAnswer {
  readonly recognition: Recognition;
  readonly lasting: boolean;
}

/**
 * Recognises hellos within a share of the time. Where too many that nobody knows come, they are named only if they are known to the letter.
 *
 * @param now milliseconds of a clock that only goes forward
 */
export function recognizeInTime(recognizer: Recognizer, now: () => number): (subject: Subject) => TimelyAnswer {
  let spent = 0;
  let since = now();
  return (subject) => {
    const begun = now();
    spent = Math.max(0, spent - ((begun - since) * COMPARING) / 1000);
    since = begun;
    if (spent < COMPARING) {
      const recognition = recognizer.recognize(subject);
      spent += now() - begun;
      return { recognition, lasting: true };
    }
    for (const rung of EXACT) {
      const recognition = recognizer.answerOn(rung, subject);
      if (recognition !== null) return { recognition, lasting: true };
    }
    return { recognition: unrecognized, lasting: false };
  };
}
