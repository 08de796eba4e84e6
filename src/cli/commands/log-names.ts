import type {
  HelloFingerprint,
  KnownValue,
  LabelRow,
  LoginEvent,
  Recognition,
  RecordedLogin,
} from '../../model/index.js';

/** Distinct fingerprints whose recognition is remembered. A sender can invent any number; when it is reached, all are forgotten. */
const REMEMBERED = 4096;

/** Recognises the client of a login; null where the log tells no fingerprint. */
export type RecognitionOf = (login: RecordedLogin) => Recognition | null;

/** Recognises clients among `labels`. The same object is handed out again for the same fingerprint. */
export async function loginRecognizer(labels: readonly LabelRow[]): Promise<RecognitionOf> {
  const [{ subjectOfViews }, { recognizerAmong }] = await Promise.all([
    import('../../recognize/index.js'),
    import('../recognizer.js'),
  ]);
  const recognizer = await recognizerAmong(labels);
  // A reader hands out the same object for the same fingerprint: its identity is the cheapest key there is.
  const known = new Map<KnownValue, Recognition>();
  const recognize = ({ sslJa3, ja3, ja4 }: LoginEvent): Recognition =>
    recognizer.recognize(
      // Which OpenSSL Dovecot has, the log does not say: it is what either of them would have seen.
      subjectOfViews({
        ja3,
        sslJa3: { '3.0': sslJa3, '3.5': sslJa3 },
        ja4: ja4 === null ? null : { string: null, hash: ja4 },
      }),
    );
  // What our own proxy writes of a hello is all of it.
  const whole = new WeakMap<HelloFingerprint, Recognition>();
  const recognizeWhole = (fingerprint: HelloFingerprint): Recognition => {
    let found = whole.get(fingerprint);
    if (found === undefined) {
      found = recognizer.recognize(subjectOfViews(fingerprint));
      whole.set(fingerprint, found);
    }
    return found;
  };
  return (login) => {
    if ('listener' in login && login.fingerprint !== null) return recognizeWhole(login.fingerprint);
    const { sslJa3, ja3, ja4 } = login;
    if (ja3 !== null || ja4 !== null) return recognize(login);
    if (sslJa3 === null) return null;
    let found = known.get(sslJa3);
    if (found === undefined) {
      found = recognize(login);
      if (known.size >= REMEMBERED) known.clear();
      known.set(sslJa3, found);
    }
    return found;
  };
}
