/**
 * Characters of text accepted: hex, a dump or a ja3 string. The largest hello has 64 KiB; as an annotated dump (four and a half characters a byte) with what
 * openssl prints around it, that is some 300 KB.
 */
export const MAX_TEXT = 2 ** 20;

/** Hellos explained from one input. A connection has two at most (RFC 8446 section 4.1.4); bytes that were pasted may hold a few connections. */
export const MAX_HELLOS = 16;

/** Deviations combined when another tool's hash is looked for. What real tools do wrong is one thing, or Dovecot's three; with four, chance words enter. */
export const MAX_DEVIATIONS = 3;

/**
 * Characters hashed while looking for another tool's hash: half a second's work, and for a real hello (some 300 to 700 characters) all combinations there are.
 * A hostile hello's string has 500,000.
 */
export const MAX_HASHED_CHARACTERS = 2 ** 27;
