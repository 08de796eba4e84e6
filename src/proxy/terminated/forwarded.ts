import { clientName } from '../../login/index.js';
import type { HelloFingerprint, OpenSslGeneration, Recognition } from '../../model/index.js';
import type { ForwardField } from '../options.js';

/** What is known of the client's hello. */
export interface KnownHello {
  readonly fingerprint: HelloFingerprint | null;
  readonly recognition: Recognition | null;
}

const values: Readonly<
  Record<ForwardField, (hello: KnownHello, openssl: OpenSslGeneration) => string | null | undefined>
> = {
  ssl_ja3: ({ fingerprint }, openssl) => fingerprint?.sslJa3[openssl].string,
  ssl_ja3_hash: ({ fingerprint }, openssl) => fingerprint?.sslJa3[openssl].hash,
  ja3: ({ fingerprint }) => fingerprint?.ja3.string,
  ja3_hash: ({ fingerprint }) => fingerprint?.ja3.hash,
  ja3n_hash: ({ fingerprint }) => fingerprint?.ja3n.hash,
  ja4: ({ fingerprint }) => fingerprint?.ja4?.hash,
  client: ({ recognition }) => recognition && clientName(recognition),
  client_rung: ({ recognition }) => recognition?.rung,
  client_score: ({ recognition }) => recognition?.score.toFixed(2),
};

/**
 * The fields a backend is told, in the order they are configured in; those without a value are left out.
 *
 * @param claimed what a trusted peer told us of its client: it is nearer to it, so its fields count before ours
 */
export function forwardedFields(
  names: readonly ForwardField[],
  hello: KnownHello,
  openssl: OpenSslGeneration,
  claimed: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] {
  const fields = new Map<string, string>(claimed);
  for (const name of names) {
    const value = values[name](hello, openssl);
    if (!fields.has(name) && typeof value === 'string') fields.set(name, value);
  }
  return [...fields];
}
