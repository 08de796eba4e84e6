import { fingerprint } from '../../fingerprint/index.js';
import type { ClientHello, HelloShape, LabelRow, Recognition } from '../../model/index.js';
import { subjectOfHello } from '../../recognize/index.js';
import { recognizerAmong } from '../recognizer.js';

/** Names the client of a hello. Hellos of one shape have one answer, so it is worked out once: most clients say the same each time. */
export async function helloRecognizer(labels: readonly LabelRow[]): Promise<(hello: ClientHello) => Recognition> {
  const recognizer = await recognizerAmong(labels);
  const known = new WeakMap<HelloShape, Recognition>();
  return (hello) => {
    let recognition = known.get(hello.shape);
    if (recognition === undefined) {
      recognition = recognizer.recognize(subjectOfHello(hello, fingerprint(hello)));
      known.set(hello.shape, recognition);
    }
    return recognition;
  };
}
