/**
 * Characters of text accepted: hex, a dump or a ja3 string. The largest hello has 64 KiB; as an annotated dump (four and a half characters a byte) with what
 * openssl prints around it, that is some 300 KB.
 */
export const MAX_TEXT = 2 ** 20;

/** Hellos explained from one input. A connection has two at most (RFC 8446 section 4.1.4); bytes that were pasted may hold a few connections. */
export const MAX_HELLOS = 16;

/** Deviations combined when another tool's hash is looked for. What real tools do wrong is one thing, or Dovecot's three; more would only take time. */
export const MAX_DEVIATIONS = 3;

/**
 * Characters hashed while looking for another tool's hash. For real hellos (300 to 700 characters, the longest 2,000) that is room for all combinations;
 * a hostile one's string has 200,000, and would keep us for minutes.
 */
export const MAX_HASHED_CHARACTERS = 2 ** 25;
