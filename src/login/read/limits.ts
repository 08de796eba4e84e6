/**
 * Longest line that is looked at, in bytes. Dovecot cuts what it logs at 64 KiB at most, syslog daemons at 8 KiB or less; the longest real login line
 * (with an ssl_ja3 string) has about 900 bytes.
 */
export const MAX_LINE_BYTES = 65_536;

/** What stands before `imap-login: `, in characters: a timestamp, a host name (255 at most), a program name, structured data of RFC 5424. */
export const MAX_HEAD = 1_024;

/** Elements of a line. The default has seven; each is looked at once. */
export const MAX_ELEMENTS = 64;

/** Longest session name: what Dovecot itself takes from another server (its LOGIN_MAX_SESSION_ID_LEN is 64), and room. */
export const MAX_SESSION = 128;

/** Distinct fingerprint strings whose hash is remembered. A client can invent any number; when it is reached, all are forgotten. */
export const REMEMBERED_STRINGS = 4_096;

/** A login_log_format_elements setting handed in: elements, variables whose text a client may choose, characters. */
export const MAX_TEMPLATE_ELEMENTS = 64;
export const MAX_FREE_VARIABLES = 4;
export const MAX_TEMPLATE = 4_096;

/** Such variables in one element: the two parts of a name. Where one ends and the next begins may be tried at every character. */
export const MAX_FREE_IN_ELEMENT = 2;

/**
 * `, ` in a line read by such a setting, besides those between its elements: 40 in a name of 80 bytes, which a proxy's line has twice, and 32 in the name of a
 * mechanism. Every one is a place where each of these variables might end, and all of them together are tried.
 */
export const MAX_FREE_SEPARATORS = 112;

/** What one such variable may hold, in characters. Dovecot cuts user names at 80 bytes and server names at 256. */
export const MAX_FREE_TEXT = 320;

/** What Dovecot says before the elements of such a line, in characters: the longest is a proxy's, with a name and another server's answer. */
export const MAX_SAID = 1_024;
