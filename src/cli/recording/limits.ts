/**
 * Logins and hellos that wait for the database, and about how many bytes of them. At a thousand logins a second, with a hello each, that is half a minute of a lock
 * that somebody holds; beyond it the newest are dropped, since what is older may be what an attack began with. Fingerprints are shared among rows, so the true
 * size is mostly far less; hellos of 64 KiB reach the second limit first.
 */
export const QUEUE_ROWS = 65_536;
export const QUEUE_BYTES = 134_217_728;

/** Rows handed to the thread at once. Copying them is the only work that is done between two logins: some 3 ms for so many. */
export const BATCH_ROWS = 512;

/** Milliseconds that rows are kept back for others to come: one transaction for all of them. */
export const KEPT_BACK = 100;

/** Milliseconds the thread waits for somebody else's lock before it says so. It is not longer because it cannot be ended meanwhile. */
export const BUSY_TIMEOUT = 1_000;

/** Milliseconds before the next try where one failed: the first pause, which doubles, and the longest. */
export const FIRST_PAUSE = 250;
export const LONGEST_PAUSE = 10_000;

/** Milliseconds between two notices about one trouble. */
export const NOTICE_INTERVAL = 60_000;

/** Milliseconds that closing may take before what waits is given up. */
export const CLOSE_DEADLINE = 10_000;

/** Milliseconds between two prunings, and after one that failed. */
export const PRUNE_INTERVAL = 86_400_000;
export const PRUNE_RETRY = 3_600_000;
