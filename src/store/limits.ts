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

/**
 * Rows of an import that wait before the lock is taken, about a kilobyte each. A list of labels is shorter, and is written at once when it has been read; of a
 * longer file the rest is written as it is read.
 */
export const ROWS_HELD_BACK = 10_000;

/** Rows that pruning changes in one transaction: some milliseconds, after which others have their turn. */
export const ROWS_PER_PRUNING = 2_000;

/** Observations of a fingerprint, the latest, among which sources are counted. Each lies on a page of its own at worst: a thousand are read in milliseconds. */
export const OBSERVATIONS_LOOKED_AT = 1_000;

/** Points a series has at most: half a year of hours and some. */
export const SERIES_POINTS = 5_000;

/** Server names and fitting fingerprints that a detail lists. */
export const DETAIL_LISTED = 64;

/** Pages of a backup's step, 16 MiB: the process answers others in between. */
export const BACKUP_PAGES = 4_096;

/** Rows an export reads at a time. */
export const EXPORT_PAGE = 1_000;

/** Sessions told by the beginning of their name, where nothing else is said. */
export const SESSIONS_LISTED = 20;

/** Attempts of one session that are told: a connection has a handful, but a name is whatever a mail server says it is. */
export const ATTEMPTS_OF_SESSION = 1_000;

/**
 * Characters of a JSON cell that is read back. What a policy says of a login takes some hundred; a cell of a file that somebody made up may have a gigabyte, and takes
 * a multiple of it when parsed.
 */
export const JSON_CELL = 65_536;
