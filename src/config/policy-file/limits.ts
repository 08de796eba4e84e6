/** Ceilings of policy files. Rules run on the way of every login, and each different count is kept for every client there is: these keep a slip from costing memory or time. */

/** Rules of a file. Each is asked for each login until one fits; a hundred of plain conditions take some microseconds. */
export const MAX_RULES = 500;

/** Values of one condition: a list of known-bad fingerprints has some hundreds. Longer ones belong on the block list. */
export const MAX_VALUES = 1000;

/** Exemptions of one rule. */
export const MAX_UNLESS = 50;

/** Counts of one condition. */
export const MAX_COUNTS = 8;

/** Different counts (what, per what, window) of a file: each is a table of its own with `history.keys_per_counter` rows. */
export const MAX_COUNTERS = 32;

/** Characters of a name with wildcards: as many as a name may have that is held against it (src/policy/rules/limits.ts). */
export const MAX_PATTERN = 256;

/** Characters of what a refused client is told: with the protocol's own words it stays within 512 bytes, the shortest line there is (RFC 5321 section 4.5.3.1.5). */
export const MAX_MESSAGE = 400;
