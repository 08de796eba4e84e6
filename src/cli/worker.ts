// What a thread of `pcap --jobs` runs: an entry of its own, bundled beside main.js.
import { parentPort, workerData } from 'node:worker_threads';
import { FileJobs } from './jobs/file-job.js';
import { Flow } from './jobs/flow.js';
import type { ToWorker } from './jobs/messages.js';
import { Outbox } from './jobs/outbox.js';
import type { WorkerData } from './jobs/worker-data.js';

const port = parentPort!;
const { flow, worker } = workerData as WorkerData;
const outbox = new Outbox(port, new Flow(flow), worker);
let jobs: Promise<FileJobs> | null = null;
let reading = new AbortController();

async function read(file: string, index: number): Promise<void> {
  reading = new AbortController();
  outbox.file = index;
  await (await jobs!).read(file, reading.signal);
}

// Only a mistake in this program rejects: the main thread is told by the worker's `error` event.
port.on('message', (message: ToWorker) => {
  if (message.type === 'settings') jobs = FileJobs.prepare(message.settings, outbox);
  else if (message.type === 'read') void read(message.file, message.index);
  else reading.abort();
});
