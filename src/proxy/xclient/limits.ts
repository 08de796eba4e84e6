/** Ceilings of what is told of a client by XCLIENT. The lines of a peer that tells us have met `DialogueLimits.maxLine` before. */

/**
 * Octets of an XCLIENT line that is sent, its end not counted. Dovecot's login processes give up a connection at a longer line than their buffer (2.3.19: 1,030 octets are
 * taken, 1,103 are not), and a second XCLIENT with FORWARD replaces the first one's fields.
 */
export const MAX_XCLIENT_LINE = 1000;

/** Characters of a session's name: Dovecot's LOGIN_MAX_SESSION_ID_LEN. */
export const MAX_SESSION_NAME = 64;
