// What a thread of `pcap --jobs` runs: an entry of its own, bundled beside main.js.
import { parentPort, workerData } from 'node:worker_threads';
import { FileJobs } from './jobs/file-job.js';
import type { ToWorker } from './jobs/messages.js';
import { Outbox } from './jobs/outbox.js';
import type { WorkerData } from './jobs/worker-data.js';

const port = parentPort!;
const { settings, underWay, share } = workerData as WorkerData;
const jobs = FileJobs.prepare(settings, new Outbox(port, underWay, share));
let reading = new AbortController();

async function read(file: string): Promise<void> {
  reading = new AbortController();
  await (await jobs).read(file, reading.signal);
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'stop') reading.abort();
  // Only a mistake in this program rejects: the main thread is told by the worker's `error` event.
  else void read(message.file);
});
