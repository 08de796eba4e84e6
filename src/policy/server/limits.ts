/** Ceilings of the policy server that are no setting. */

/**
 * Bytes of a request's body. Dovecot's login processes take at most 8 KiB of what a client types; escaped as JSON (six bytes for one) and with all other attributes that stays
 * below this, so that no client can make its mail server's request too long.
 */
export const MAX_BODY = 65_536;

/** Bytes of a request's line and headers: Dovecot's are some 300. */
export const MAX_HEADER = 8192;

/**
 * Bytes of a user's name. What is longer is cut and never refused: mail servers let a login pass where the policy server answers with an error, and a client chooses the name it
 * sends (with `user+anything` some make an existing user of it).
 */
export const MAX_LOGIN = 512;

/** Characters of a JA3 string, as everywhere in this program. A longer one is not looked at; the hash beside it is. */
export const MAX_JA3 = 32_768;

/** Characters of any other attribute that is kept: session names are 64 at most in Dovecot, host names 255 (RFC 1035 section 2.3.4). What is longer is cut. */
export const MAX_ATTRIBUTE = 256;

/** Bytes of an IMAP ID list, and pairs of it: RFC 2971 section 3.3 allows no more than 30; Dovecot keeps 256 bytes, the proxy 2,048. What is beyond is left out. */
export const MAX_CLIENT_ID = 4096;
export const MAX_CLIENT_ID_PAIRS = 30;

/** Characters of a reason of a list entry: a sentence for whoever finds it later. */
export const MAX_REASON = 256;

/** Seconds a list entry may last: ten years. Its end must remain a date with four digits. */
export const MAX_EXPIRY = 315_360_000;

/** Characters of one value in `r_attrs`: they go into log lines. */
export const MAX_ANSWER_ATTRIBUTE = 256;

/**
 * Connections of one listener at a time: Dovecot keeps up to a hundred for each of its auth processes, of which a host has one.
 */
export const MAX_CONNECTIONS = 1024;

/** Of these, how many may be from outside the networks: they are told so, and must not take the places of those who may ask. */
export const MAX_STRANGERS = 32;

/** Milliseconds a connection is kept without a request. Dovecot and our own client close theirs after 10 s: whoever closes first must be the one who would send next. */
export const IDLE_TIME = 30_000;

/** Milliseconds a request's headers, and a whole request may take. Mail servers wait two seconds for the whole answer. */
export const HEADERS_TIME = 5000;
export const REQUEST_TIME = 10_000;

/** Milliseconds between looks at how long requests take. */
export const CHECK_INTERVAL = 1000;

/** Milliseconds without a byte in either direction: whoever does not read its answers. */
export const SILENCE = 60_000;

/** Addresses whose requests are counted at a time; beyond that the longest unseen is forgotten. */
export const MAX_COUNTED_ADDRESSES = 4096;

/** Milliseconds between two notices of the same kind. */
export const NOTICE_INTERVAL = 60_000;
