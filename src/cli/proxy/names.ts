import { fingerprint } from '../../fingerprint/index.js';
import type { ClientHello, HelloShape, LabelRow, Recognition } from '../../model/index.js';
import { subjectOfHello } from '../../recognize/index.js';
import { recognizeInTime } from '../recognize-in-time.js';
import { recognizerAmong } from '../recognizer.js';

/**
 * Names the client of a hello. Hellos of one shape have one answer, so it is worked out once: most clients say the same each time.
 *
 * @param now milliseconds of a clock that only goes forward
 */
export async function helloRecognizer(
  labels: readonly LabelRow[],
  now: () => number = () => performance.now(),
): Promise<(hello: ClientHello) => Recognition> {
  const recognize = recognizeInTime(await recognizerAmong(labels), now);
  const known = new WeakMap<HelloShape, Recognition>();
  return (hello) => {
    const before = known.get(hello.shape);
    if (before !== undefined) return before;
    const { recognition, lasting } = recognize(subjectOfHello(hello, fingerprint(hello)));
    if (lasting) known.set(hello.shape, recognition);
    return recognition;
  };
}
