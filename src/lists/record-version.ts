import type { Ja3Lists } from '../fingerprint/index.js';

const TLS_1_2 = 0x0303;

const SIGNATURE_ALGORITHMS = 13;

/**
 * Whether the version of a JA3 is likely that of the record layer: it is below TLS 1.2, while the hello has signature_algorithms, which clients must not send
 * "if they are offering TLS versions prior to 1.2" (RFC 5246 section 7.4.1.4.1). A hello's record says 769 out of caution (appendix E.1) where the
 * hello itself says 771, which is what a JA3 has.
 *
 * It is asked of lists only that are known to make the mistake: a client falling back to an old version may send such a hello in earnest. That there
 * are cipher suites of TLS 1.2 says less: Apple's old library kept them when it fell back, and left the extension out.
 */
export function hasRecordVersion({ version, extensions }: Ja3Lists): boolean {
  return version < TLS_1_2 && extensions.includes(SIGNATURE_ALGORITHMS);
}
