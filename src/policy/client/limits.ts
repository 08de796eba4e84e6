/** Ceilings of the policy client that are no setting. */

/** Bytes of a policy server's answer. wforce's are some hundred; one with many `r_attrs` stays far below. */
export const MAX_RESPONSE = 65_536;

/** Bytes of the header of an answer: Node's own ceiling, said here because an answer counts as a failure beyond it. */
export const MAX_RESPONSE_HEADER = 16_384;

/** Connections to the policy server at a time, as Dovecot keeps them. */
export const MAX_CONNECTIONS = 100;

/** Of these, how many reports may have: questions, for which clients wait, come first. */
export const MAX_REPORTING = 10;

/** Milliseconds a connection is kept without a request, as Dovecot keeps them. */
export const IDLE_TIME = 10_000;

/**
 * Questions that wait for an answer at a time. A server that takes the whole deadline of 2 s for each answers 50 a second over 100 connections; what waits behind a thousand
 * of them has no hope of an answer in time, and would only be held in memory.
 */
export const MAX_ASKING = 1000;

/** Reports that wait to be sent: at 1 KiB each a mebibyte, and some seconds of a large site while the server restarts. */
export const MAX_WAITING_REPORTS = 1000;

/** Characters of one value. Dovecot's client id, the longest that clients choose themselves, is 256 bytes there; hashes and JA3 strings are far shorter. */
export const MAX_VALUE = 2048;

/** Request attributes, and characters of a name or a template: far beyond what a server can use. */
export const MAX_ATTRIBUTES = 64;
export const MAX_ATTRIBUTE_TEXT = 512;

/** Characters of a server's words for a client: what fits into a line of every mail protocol. */
export const MAX_MESSAGE = 400;

/** Characters of a rule's name. */
export const MAX_RULE = 128;

/**
 * Failures one after the other after which the server is not asked for a while. Each stall costs a client the whole deadline: ten of them are no accident any more, and the
 * next thousand logins need not pay as well.
 */
export const FAILURES_TO_OPEN = 10;

/** Milliseconds it is left alone. Long enough for a restart, short enough that a spray gains little by it. */
export const OPEN_TIME = 10_000;

/** Milliseconds between two notices of the same kind, however many logins meet it. */
export const NOTICE_INTERVAL = 60_000;
