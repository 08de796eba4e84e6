import type { Credentials } from '../attempt.js';
import { latin1 } from '../lines.js';

/** Shorter ones stand in words by chance: to hide them would tell where. */
const MIN_HIDDEN = 4;
const NUL = new Uint8Array(1);

/**
 * A backend's words for the log, without the secrets it was told: some quote the command they did not understand.
 *
 * @param secrets bytes that were sent to it, before they are overwritten
 */
export function withoutSecrets(text: string, secrets: readonly Uint8Array[]): string {
  let clean = text;
  for (const bytes of secrets) {
    if (bytes.length < MIN_HIDDEN) continue;
    const raw = latin1(bytes);
    const quoted = raw.replace(/["\\]/g, '\\$&');
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
    for (const spelled of [raw, quoted, base64]) clean = clean.replaceAll(spelled, '(hidden)');
  }
  return clean;
}

/** The secrets of an attempt, in the forms in which a backend may be told them. */
export function secretsOf(credentials: Credentials): readonly Uint8Array[] {
  switch (credentials.kind) {
    case 'password': {
      const { authorization, user, password } = credentials;
      // RFC 4616 section 2; whole first, as it contains the other.
      const plain = Buffer.concat([authorization, NUL, user, NUL, password.reveal()]);
      return [plain, password.reveal()];
    }
    case 'sasl':
      return credentials.initial === null ? [] : [credentials.initial.reveal()];
    case 'apop':
      return [credentials.digest.reveal()];
  }
}
