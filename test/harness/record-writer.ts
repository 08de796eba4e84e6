import { Worker } from 'node:worker_threads';
import type { StartWriter } from '../../src/cli/recording/recording.js';

/** Starts the thread that records from its sources, or another one. */
export const writerFrom =
  (entry: URL): StartWriter =>
  (settings) =>
    new Worker(entry, {
      workerData: settings,
      execArgv: ['--import', new URL('tsx-in-workers.mjs', import.meta.url).href],
    });

export const startWriter: StartWriter = writerFrom(new URL('../../src/cli/record-worker.ts', import.meta.url));
