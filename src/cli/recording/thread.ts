import { parentPort, workerData } from 'node:worker_threads';
import { SensorError } from '../../errors.js';
import type { Store } from '../../store/index.js';
import { errorParts } from '../jobs/messages.js';
import { openForRecording } from '../label-source.js';
import { BUSY_TIMEOUT, PRUNE_INTERVAL, PRUNE_RETRY } from './limits.js';
import type { FromWriter, PackedRows, ToWriter, WriterSettings } from './messages.js';
import { unpack } from './packed.js';

/** After these the connection is as good as before. After any other error it is opened anew: the file may have been repaired or replaced. */
const PASSING: ReadonlySet<string> = new Set(['database_locked', 'disk_full']);

const port = parentPort!;
const { database, users, policyKey, prune } = workerData as WriterSettings;
let opened: Promise<Store> | null = null;
let pruning: NodeJS.Timeout | null = null;
let closing = false;

const post = (message: FromWriter): void => port.postMessage(message);

/** The store, opened when it is first needed, and again after an error. */
function store(): Promise<Store> {
  opened ??= openForRecording({ path: database, explicit: true }, BUSY_TIMEOUT).then((open) => {
    if (prune && pruning === null) pruneAfter(0);
    return open;
  });
  return opened;
}

async function write({ logins, observations, policy }: PackedRows): Promise<void> {
  try {
    const open = await store();
    if (observations.length > 0) open.observations.record(observations);
    if (logins.length > 0) open.logins.record(logins, users);
    for (const batch of policy) open.policy.write(unpack(batch), policyKey);
    post({ type: 'written' });
  } catch (error) {
    // Anything else is a mistake in this program: the main thread is told by the worker's `error` event.
    if (!(error instanceof SensorError)) throw error;
    if (!PASSING.has(error.code)) await forget();
    post({ type: 'failed', error: errorParts(error) });
  }
}

/** Lets go of the connection. One that never came to be, or cannot be closed, needs nothing more. */
async function forget(): Promise<void> {
  const before = opened;
  opened = null;
  try {
    (await before)?.close();
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
  }
}

function pruneAfter(milliseconds: number): void {
  pruning = setTimeout(() => void pruneNow(), milliseconds);
}

async function pruneNow(): Promise<void> {
  let next = PRUNE_INTERVAL;
  try {
    const { cut, observations, logins, heard, known } = await (await store()).upkeep.prune(Date.now() / 1000);
    const deleted = observations + logins + heard + known;
    if (cut + deleted > 0) post({ type: 'pruned', cut, deleted });
  } catch (error) {
    // Between two steps of it the connection may have been closed.
    if (closing) return;
    next = PRUNE_RETRY;
    const parts = error instanceof SensorError ? errorParts(error) : null;
    post({
      type: 'prune_failed',
      error: parts ?? { code: 'thread_failed', field: 'database', offset: 0, message: String(error) },
    });
  }
  if (!closing) pruneAfter(next);
}

async function close(): Promise<void> {
  closing = true;
  if (pruning !== null) clearTimeout(pruning);
  await forget();
  port.close();
}

port.on('message', (message: ToWriter) => {
  if (message.type === 'write') void write(message.batch);
  else void close();
});
