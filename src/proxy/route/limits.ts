/**
 * Bytes (UTF-8) of a user name that reach a pattern; a longer name fits none. RFC 5321 section 4.5.3.1 allows 64 before the `@` and 255 behind it, but names of that
 * length are not met, and matching takes time for every byte.
 */
export const MAX_PATTERN_NAME = 256;

/**
 * Instructions of a compiled pattern, as RE2 counts them. Matching takes at most name length times this many steps: a pattern of 1,900 took 40 ms for a name of
 * 256, and nothing else runs meanwhile. A domain in an alternation takes about as many as it has characters; a table holds any number at no cost.
 */
export const MAX_PATTERN_PROGRAM = 1000;

/** Characters of a server name that is looked up: what DNS allows (RFC 1035 section 2.3.4). A longer one is routed as if there were none. */
export const MAX_SERVER_NAME = 253;

/** Characters of one line of a table file: the longest address of RFC 5321 and a backend's name fit four times over. */
export const MAX_TABLE_LINE = 2048;

/** Names in one table file: about 130 bytes of memory each. */
export const MAX_TABLE_ENTRIES = 1_000_000;
