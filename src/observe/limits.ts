/** Bytes of a direction looked through for a hello where no dialect knows the connection: what the longest of the known preludes needs, many times over. */
export const scanBytes = 65_536;

/** Bytes of one side kept while its dialogue waits for more of a line or for the other side. A client waits for its STARTTLS to be answered. */
export const pendingBytes = 65_536;

/** What an unfinished hello takes beside its bytes: its HelloStream, and a buffer that begins with 2 KiB. Without it, many small ones would cost memory that nobody counts. */
export const unfinishedOverhead = 2_560;

/** Seconds of capture time a row waits for its ServerHello. A server that takes longer is rather not captured. */
export const serverWaitSeconds = 1;

/** Bytes of a server kept that came before its client's hello (the capture has them in the wrong order). */
export const earlyServerBytes = 16_384;

/** Bytes of hellos whose rows are handed on together, where a file brings them without waiting: some thirty rows. With hundreds, what is worked out for them
 * outlives the collector's next visit: three times its time. */
export const readyBytes = 16_384;

/** Bytes read between two turns of the event loop, so that signals and progress are noticed in a long file. */
export const bytesPerTurn = 33_554_432;

/**
 * Bytes of hellos kept in all, to tell a repeat or the second hello after a HelloRetryRequest by. Kept from a hello until its client sends something
 * else; only a flood of clients that do not reaches it. Then a second hello is still seen, and taken for a retry. Room for some 16,000.
 */
export const rememberedBytes = 16_777_216;

/** The least a remembered hello counts: small ones lie in a slab with others (bytes/slab.ts), and one may keep alone the 8 KiB that many were put into. */
export const leastRemembered = 1_024;

/**
 * Bytes of hellos whose rows wait for their ServerHello, {@link waitingOverhead} for each included; beyond it the oldest goes without. Answers take
 * milliseconds, and this is room for some 7,000 rows.
 */
export const waitingBytes = 16_777_216;

/** What a waiting row takes beside its hello. */
export const waitingOverhead = 1_024;
