/**
 * Bytes of one line. Rows of logs have some KiB; a line of cisco's database names every process and host a fingerprint was seen with and may have
 * hundreds. A longer line is stepped over unread and rejected.
 */
export const MAX_LINE_BYTES = 4_194_304;

/** Bytes of one object of a JSON array, which may be spread over lines. */
export const MAX_OBJECT_BYTES = MAX_LINE_BYTES;

/** Brackets open at once in a JSON document that is read object by object. Real ones have two or three; JSON.parse itself has no limit. */
export const MAX_JSON_DEPTH = 64;

/** Lines a quoted CSV field may go on for: salesforce's licence has four. A quote that is never closed costs its own line and no more. */
export const MAX_RECORD_LINES = 16;

/** Lines looked at to tell the format. Banners of `#` lines come first in some, and other events in logs. */
export const MAX_HEAD_LINES = 64;

/** Bytes of them: one may be as long as a line can be. */
export const MAX_HEAD_BYTES = MAX_LINE_BYTES;

/** Characters of a JA3 string. A hello of 64 KiB cannot list more than 32,767 values of five digits and a separator; the longest known has some 1,100. */
export const MAX_STRING_LENGTH = 196_608;

/** Characters of a client's name and the like. The longest in the lists has 300. */
export const MAX_NAME_LENGTH = 1_024;

/** Processes of one fingerprint of cisco's database. It keeps the hundred most frequent. */
export const MAX_PROCESSES = 4_096;
