/** How long a statement waits for another process's transaction. Theirs hold some thousand rows and last milliseconds; a slow disk may take seconds. */
export const BUSY_TIMEOUT_MS = 5_000;

/**
 * Rows of one transaction. Enough that the commit costs little beside the rows (above some thousand nothing more is gained), few enough that another
 * process waits for milliseconds and that a process killed in between loses little.
 */
export const ROWS_PER_TRANSACTION = 4_000;

/**
 * Fingerprints whose row number is kept in memory (some hundred bytes each). A mail server sees hundreds of shapes; a hostile client can make up any number,
 * so the memory is emptied when full.
 */
export const FINGERPRINTS_REMEMBERED = 8_192;
