/**
 * Bytes of rows made ahead of their turn, by all threads: rows leave in the order of the files, and the second file may be done before the first. Beyond it
 * the threads whose files have to wait their turn sleep. Room for the rows of some 400,000 logins with seven fields, or 80,000 with all.
 */
export const AHEAD_BYTES = 134_217_728;

/** The same for the file whose turn it is: the reader of the output may be slower than we are. */
export const TURN_BYTES = 4_194_304;

/** The least a message counts: small files leave little but their statistics, and there may be a great many of them. */
export const MESSAGE_BYTES = 1_024;

/** Most threads one may ask for: each costs some 20 MB before it has read anything. */
export const MAX_JOBS = 64;

/**
 * From here on a second thread is worth its start, in bytes that could be read beside the largest file. A thread costs about 50 ms of a processor, in which
 * one reads as much.
 */
export const WORTH_A_THREAD = 67_108_864;

/** Bytes of a file read between two messages that say how far a thread has come. */
export const PROGRESS_STEP = 8_388_608;
