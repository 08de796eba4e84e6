import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { WriterSettings } from '../../../../src/cli/recording/messages.js';

// A thread that ends when it is given its first rows; the next one of the same database is as it should be.
const { database } = workerData as WriterSettings;
const mark = `${database}.died`;
if (existsSync(mark)) {
  await import('../../../../src/cli/recording/thread.js');
} else {
  parentPort!.on('message', ({ batch }: { batch: { logins: readonly unknown[] } }) => {
    if (batch.logins.length === 0) {
      parentPort!.postMessage({ type: 'written' });
      return;
    }
    writeFileSync(mark, '');
    throw new Error('killed');
  });
}
