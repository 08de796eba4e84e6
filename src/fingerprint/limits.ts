/**
 * Characters of a JA3-like string that somebody hands in. Real ones have some 700, the longest scanner's 3,000; a hello of 64 KiB can give 200,000, and
 * is fingerprinted from its bytes, never read back from its string.
 */
export const MAX_JA3_STRING = 32_768;

/** Numbers in one of its lists: IANA has assigned under 400 cipher suites, and offering all that two bytes can say would be 65,536. */
export const MAX_JA3_LIST = 4096;
