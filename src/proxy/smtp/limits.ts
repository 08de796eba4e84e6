/** Ceilings towards a backend, whose bytes are as hostile as a client's. A client's line meets `DialogueLimits.maxLine`. */

/** Octets of one line of a backend: a SASL challenge may take 12,288 (RFC 4954 section 4); replies otherwise 512 (RFC 5321 section 4.5.3.1.5). */
export const MAX_REPLY_LINE = 12_292;

/** Lines of one reply: an EHLO answer has some twenty. */
export const MAX_REPLY_LINES = 100;

/** Octets of one reply in all. */
export const MAX_REPLY = 32_768;

/** Octets of a command, its CRLF included (RFC 5321 section 4.5.3.1.4): what does not fit in is said in several. */
export const MAX_COMMAND = 512;

/**
 * Octets of an XCLIENT command that holds a FORWARD, which cannot be told in parts: Dovecot's submission service reads parameters of up to 4,096 (the
 * default of its command parser).
 */
export const MAX_FORWARD_COMMAND = 4096;

/** Challenges of one exchange: SCRAM takes two, and a failing OAUTHBEARER one. */
export const MAX_CHALLENGES = 16;

/** Characters of a name for HELO: RFC 5321 section 4.5.3.1.2. */
export const MAX_DOMAIN = 255;
