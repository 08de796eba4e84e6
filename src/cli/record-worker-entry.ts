/** What the thread that records runs. As with worker-entry.ts: a neighbour of this module from sources and in dist/cli. */
export const recordWorkerEntry = new URL('./record-worker.js', import.meta.url);
