import { parentPort, workerData } from 'node:worker_threads';
import { Flow } from '../../../src/cli/jobs/flow.js';

/** Posts `count` messages of `bytes` each as worker 0, reading file 1. */
const { words, bytes, count } = workerData as { words: Int32Array; bytes: number; count: number };
const flow = new Flow(words);
for (let i = 0; i < count; i++) {
  flow.add(0, bytes);
  parentPort!.postMessage(i);
  flow.wait(0, 1);
}
