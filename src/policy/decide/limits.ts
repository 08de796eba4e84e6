/** Ceilings of deciding. What a site may choose is in `DecisionOptions`. */

/** Entries of each of the two lists: some 20 MB where all are there, and more than a hand can look after. */
export const MAX_LISTED = 50_000;

/** Attempts that were asked about and not reported yet. Some 1 KiB each; a hundred a second, each in the longest tarpit and the slowest backend, are below it. */
export const MAX_ATTEMPTS = 20_000;

/** Characters of the strings that these were told of their hellos: some 3,000 for each of the most there may be, where a usual one has 500 and the longest ones 98,304. */
export const MAX_ATTEMPT_TEXT = 64 * 2 ** 20;

/** Milliseconds after which no report is waited for any more: Dovecot gives a login three minutes from the connection's beginning, and two questions and a tarpit are within that. */
export const MAX_ATTEMPT_AGE = 300_000;

/** Logins that are written together at most. */
export const MAX_BATCH = 100;

/** Milliseconds after which what waits is written, however little it is: what a crash can cost. */
export const FLUSH_INTERVAL = 500;

/** Names whose keys are remembered until what waits is written: half a second of a busy site. */
export const MAX_USER_KEYS = 2_048;
