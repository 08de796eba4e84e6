import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Flow } from '../../../src/cli/jobs/flow.js';
import { AHEAD_BYTES, TURN_BYTES } from '../../../src/cli/jobs/limits.js';

const MB = 1 << 20;

function startWorker(words: Int32Array, bytes: number, count: number): Worker {
  return new Worker(new URL('flow-worker.ts', import.meta.url), {
    workerData: { words, bytes, count },
    execArgv: ['--import', new URL('../../harness/tsx-in-workers.mjs', import.meta.url).href],
  });
}

describe('the flow of rows between threads', () => {
  it.each([
    ['of the file whose turn it is', 1, TURN_BYTES],
    ['of a later file', 0, AHEAD_BYTES],
  ])('%s stays within its limit, and goes on as it is dealt with', async (_, turn, limit) => {
    const count = 400;
    const words = Flow.words(1);
    const flow = new Flow(words);
    flow.turn(turn);
    const worker = startWorker(words, MB, count);
    let posted = 0;
    let dealtWith = 0;
    worker.on('message', () => posted++);
    const ended = once(worker, 'exit');
    while (dealtWith < count) {
      await setImmediate();
      expect((posted - dealtWith) * MB).toBeLessThanOrEqual(limit + MB);
      if (posted === dealtWith) continue;
      dealtWith++;
      flow.dealtWith(0, MB);
    }
    await ended;
    expect(posted).toBe(count);
  });

  it('of a later file waits for all others together, and no longer than for its turn', async () => {
    const words = Flow.words(2);
    const flow = new Flow(words);
    flow.turn(0);
    flow.add(1, AHEAD_BYTES);
    const worker = startWorker(words, MB, 2);
    const [first] = await once(worker, 'message');
    const second = once(worker, 'message');
    flow.turn(1);
    expect([first, ...(await second)]).toEqual([0, 1]);
    await once(worker, 'exit');
  });
});
