/** Bytes of a user's name: where Dovecot cuts it (str_sanitize, `...` at its end included), so that both logs call a user the same. */
export const MAX_USER_BYTES = 80;

/** Characters of a SASL mechanism's name: RFC 4422 section 3.1 allows 20, and a client may send any. */
export const MAX_MECHANISM = 64;

/** Characters of a reason: it may be a backend's own words. Its reply is one line, of 512 bytes at most where standards say so (RFC 5321 section 4.5.3.1.5). */
export const MAX_REASON = 512;

/** Characters of a server name: RFC 1035 section 2.3.4 allows 255, and Dovecot logs 256. */
export const MAX_SERVER_NAME = 256;

/** Names an ALPN extension lists, and characters of each (RFC 7301 section 3.1 allows 255 bytes). */
export const MAX_ALPN_NAMES = 16;
export const MAX_ALPN_NAME = 64;

/** Pairs of an IMAP ID, and characters of a name (RFC 2971 section 3.3 allows 30, 30 and 1,024) and of a value: more does not name a client any better. */
export const MAX_ID_PAIRS = 30;
export const MAX_ID_NAME = 30;
export const MAX_ID_VALUE = 256;

/** Characters of our own names for a session, a listener, a backend. */
export const MAX_NAME = 320;

/**
 * Characters of one fingerprint's string, beyond which its hash alone is written. Real ones have 100 to 400; a hello of 64 KiB can make 200,000. All of a line together
 * stays far below what is read back (MAX_LINE_BYTES).
 */
export const MAX_FINGERPRINT_STRING = 4_096;

/** Bytes of lines that wait where they cannot be written (a full disk, a full pipe): about a thousand logins. Later ones are lost, and counted. */
export const MAX_WAITING_BYTES = 2_097_152;

/** Milliseconds between two tries to write what waits. */
export const RETRY_INTERVAL = 100;
