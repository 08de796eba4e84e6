/** Ceilings of what a POP3 backend may say before the login is done. A client's are in `DialogueLimits`. Octets, line ends not counted. */

/** A line: a SASL challenge in base64 (RFC 5034 section 4 has both sides take the longest there can be, for us 12,288) behind `+ `. */
export const MAX_REPLY_LINE = 12_290;

/** A line of CAPA: RFC 2449 section 4 has 512 for a reply's first line, and nobody needs more for the others. */
export const MAX_CAPA_LINE = 512;

/** Lines of CAPA: IANA knows some twenty capabilities. */
export const MAX_CAPA_LINES = 64;

/** A command with an initial response (RFC 5034 section 4, RFC 2449 section 4: 255 with CRLF); beyond it, the response comes behind an empty challenge. */
export const MAX_COMMAND = 253;

/** Characters of a text for people that are handed on to a client: RFC 2449 section 4 has 512 octets for the line. */
export const MAX_TEXT = 400;
