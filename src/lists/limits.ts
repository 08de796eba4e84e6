/**
 * Bytes of one line, and of one object of a JSON document that is spread over lines. Rows of logs have some KiB; a line of cisco's database names every
 * process and host a fingerprint was seen with and may have hundreds. What is longer is stepped over unread and rejected.
 */
export const MAX_LINE_BYTES = 4_194_304;

/** Lines a quoted CSV field may go on for: salesforce's licence has four. A quote that is never closed costs its own line and no more. */
export const MAX_RECORD_LINES = 16;

/** Lines looked at to tell the format. Banners of `#` lines come first in some, and other events in logs. */
export const MAX_HEAD_LINES = 64;

/** Characters of them: one may be as long as a line can be. */
export const MAX_HEAD_BYTES = 2 * MAX_LINE_BYTES;

/** Characters of a client's name and the like. The longest in the lists has 300. */
export const MAX_NAME_LENGTH = 1_024;

/** Labels made of one row of cisco's database, which keeps the hundred most frequent processes of a fingerprint. */
export const MAX_PROCESSES = 4_096;

/** Characters of a ja4_r. As many numbers as a JA3 string may have in its two longest lists, in five characters each, and signature algorithms. */
export const MAX_JA4_STRING = 65_536;

/** Characters of a server name or protocol name of a log: a hello cannot announce longer ones (RFC 6066 section 3: two bytes of length). */
export const MAX_WIRE_TEXT = 65_535;
