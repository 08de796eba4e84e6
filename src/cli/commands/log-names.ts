import type { LabelRow, LoginEvent, Recognition } from '../../model/index.js';

/** Distinct fingerprints whose recognition is remembered. A sender can invent any number; when it is reached, all are forgotten. */
const REMEMBERED = 4096;

/** Recognises the client of a login; null where the log tells no fingerprint. */
export type RecognitionOf = (login: LoginEvent) => Recognition | null;

/** Recognises clients among `labels`. The same object is handed out again for the same fingerprint. */
export async function loginRecognizer(labels: readonly LabelRow[]): Promise<RecognitionOf> {
  const { Recognizer, subjectOfViews } = await import('../../recognize/index.js');
  const recognizer = new Recognizer(labels);
  const known = new Map<string, Recognition>();
  return ({ sslJa3, ja3, ja4 }) => {
    if (sslJa3 === null && ja3 === null && ja4 === null) return null;
    // A string adds what a hash alone cannot say.
    const key = `${sslJa3?.string ?? sslJa3?.hash} ${ja3?.string ?? ja3?.hash} ${ja4}`;
    let found = known.get(key);
    if (found === undefined) {
      // Which OpenSSL Dovecot has, the log does not say: it is what either of them would have seen.
      const views = {
        ja3,
        sslJa3: { '3.0': sslJa3, '3.5': sslJa3 },
        ja4: ja4 === null ? null : { string: null, hash: ja4 },
      };
      found = recognizer.recognize(subjectOfViews(views));
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, found);
    }
    return found;
  };
}
