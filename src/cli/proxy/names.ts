import { fingerprint } from '../../fingerprint/index.js';
import type { ClientHello, HelloShape, LabelRow, Recognition } from '../../model/index.js';
import { type AnsweringRung, subjectOfHello, unrecognized } from '../../recognize/index.js';
import { recognizerAmong } from '../recognizer.js';

/** Rungs that cost a look into a table. The others compare with what is known, which takes the longer the more that is. */
const EXACT: readonly AnsweringRung[] = ['ja3', 'ja4', 'ssl_ja3'];

/** Milliseconds of a second that may go into comparing. Strangers can say as many hellos that nobody knows as they like, each on the way of all logins of the process. */
const COMPARING = 100;

/**
 * Names the client of a hello. Hellos of one shape have one answer, so it is worked out once: most clients say the same each time. Where too many that nobody knows come,
 * they are named only if they are known to the letter.
 *
 * @param now milliseconds of a clock that only goes forward
 */
export async function helloRecognizer(
  labels: readonly LabelRow[],
  now: () => number = () => performance.now(),
): Promise<(hello: ClientHello) => Recognition> {
  const recognizer = await recognizerAmong(labels);
  const known = new WeakMap<HelloShape, Recognition>();
  let spent = 0;
  let since = now();
  return (hello) => {
    const before = known.get(hello.shape);
    if (before !== undefined) return before;
    const subject = subjectOfHello(hello, fingerprint(hello));
    const begun = now();
    spent = Math.max(0, spent - ((begun - since) * COMPARING) / 1000);
    since = begun;
    let recognition: Recognition | null = null;
    if (spent < COMPARING) {
      recognition = recognizer.recognize(subject);
      spent += now() - begun;
    } else {
      for (const rung of EXACT) recognition ??= recognizer.answerOn(rung, subject);
      // Not for good: the next time there may be room to compare.
      if (recognition === null) return unrecognized;
    }
    known.set(hello.shape, recognition);
    return recognition;
  };
}
