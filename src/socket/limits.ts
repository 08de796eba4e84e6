/** Ceilings for connections whose hello has not come yet. Sizes of hellos and records are those of tls, of PROXY headers those of haproxy. */

/**
 * Milliseconds from a connection's beginning to its first byte. TLS clients speak first and at once; what is lost on the way is sent again after 1, 3, 7 and 15
 * seconds (RFC 6298), so this leaves room for four losses in a row. Node alone waits for 120 seconds.
 */
export const FIRST_BYTE_TIMEOUT = 30_000;

/** Milliseconds from the first byte to the end of the hello, for the same reason: all but the first segment may be lost as often. */
export const LAST_BYTE_TIMEOUT = 30_000;

/**
 * Connections of one server that wait for their hello at a time; each was measured to cost 4.4 KB of
 * memory, where a bare server holds 15.7 KB for it (4,000 silent connections, Node 20.20.2). At 2,000 new ones a second that never speak,
 * the oldest is given up after eight seconds: long after a client that means it has spoken.
 */
export const MAX_WAITING = 16_384;

/** Longest time a timer of Node can be set to, in milliseconds. */
export const MAX_TIMEOUT = 2 ** 31 - 1;

/** First size of the buffer a hello in several pieces is kept in, to be put back; it doubles as bytes arrive. */
export const FIRST_BUFFER_BYTES = 2048;

/** What `maxHelloBytes` may be set to: the length field of a handshake message has 24 bits (RFC 8446 section 4), its header four bytes. */
export const MAX_HANDSHAKE_BYTES = 2 ** 24 - 1 + 4;

/** Milliseconds between two looks at who has waited too long. Looking at 16,384 takes a fraction of a millisecond. */
export const SWEEP_INTERVAL = 250;
