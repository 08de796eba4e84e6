import type { Ja3Lists } from '../fingerprint/index.js';

/** RFC 5246: the version that brought what the functions below look for. */
const TLS_1_2 = 0x0303;

/** signature_algorithms: "Clients MUST NOT offer it if they are offering TLS versions prior to 1.2" (RFC 5246 section 7.4.1.4.1). */
const SIGNATURE_ALGORITHMS = 13;

/** Cipher suites that TLS 1.1 cannot use, first and last of each range. */
const TLS_1_2_SUITES: readonly (readonly [number, number])[] = [
  [0x003b, 0x0040], // SHA-256 with RSA, DH (RFC 5246 appendix A.5)
  [0x0067, 0x006d], // the same with DHE, DH_anon
  [0x009c, 0x00a7], // GCM (RFC 5288 section 3)
  [0x00a8, 0x00ad], // GCM with PSK (RFC 5487 section 2)
  [0x1301, 0x1305], // TLS 1.3 (RFC 8446 appendix B.4)
  [0xc023, 0xc032], // SHA-256, SHA-384 and GCM with ECDHE, ECDH (RFC 5289 section 3)
  [0xc09c, 0xc0af], // CCM (RFC 6655 section 3, RFC 7251 section 2)
  [0xcc13, 0xcc15], // ChaCha20-Poly1305 as drafts had it
  [0xcca8, 0xccae], // ChaCha20-Poly1305 (RFC 7905 section 2)
];

/**
 * Whether the version of a JA3 is likely that of the record layer: it is below TLS 1.2, while the hello offers what only TLS 1.2 has. A hello's record
 * says 769 out of caution (RFC 5246 appendix E.1) where the hello itself says 771, which is what a JA3 has.
 *
 * It is asked of lists only that are known to make the mistake: a client falling back to an old version may send such a hello in earnest.
 */
export function hasRecordVersion({ version, cipherSuites, extensions }: Ja3Lists): boolean {
  if (version >= TLS_1_2) return false;
  if (extensions.includes(SIGNATURE_ALGORITHMS)) return true;
  return cipherSuites.some((suite) => TLS_1_2_SUITES.some(([first, last]) => suite >= first && suite <= last));
}
