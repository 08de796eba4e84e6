import { fingerprint } from '../fingerprint/index.js';
import type { FingerprintValue, Observation, OpenSslGeneration } from '../model/index.js';

/**
 * The ssl_ja3 of an observation for either OpenSSL generation, whichever the capture was read with.
 *
 * @param own the generation the observation's own fingerprint was made with
 */
export function sslJa3Of(
  observation: Observation,
  own: OpenSslGeneration,
): (openssl: OpenSslGeneration) => FingerprintValue {
  const { hello, transport } = observation;
  return (openssl) =>
    openssl === own ? observation.fingerprint.sslJa3 : fingerprint(hello, { transport, openssl }).sslJa3;
}
