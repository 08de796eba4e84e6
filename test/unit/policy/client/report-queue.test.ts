import { describe, expect, it } from 'vitest';
import { ReportQueue } from '../../../../src/policy/client/report-queue.js';

/** A target whose reports end when the test says so. */
function target() {
  const sent: { body: string; arrive: () => void; fail: () => void }[] = [];
  const state = { isResting: false };
  const queue = new ReportQueue({
    get isResting() {
      return state.isResting;
    },
    send: (body) =>
      new Promise((resolve, reject) => sent.push({ body, arrive: resolve, fail: () => reject(new Error()) })),
  });
  return { queue, sent, state };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('ReportQueue', () => {
  it('sends ten at a time, the first first', async () => {
    const { queue, sent } = target();
    for (let at = 0; at < 15; at++) queue.push(`${at}`);
    expect(sent.map(({ body }) => body)).toEqual(Array.from({ length: 10 }, (_, at) => `${at}`));
    sent[3]!.arrive();
    sent[4]!.fail();
    await turn();
    expect(sent.slice(10).map(({ body }) => body)).toEqual(['10', '11']);
    expect(queue.counts).toEqual({ waiting: 13, dropped: 0, lost: 1 });
  });

  it('drops what comes when a thousand wait', () => {
    const { queue } = target();
    const kept = Array.from({ length: 1012 }, (_, at) => queue.push(`${at}`));
    expect(kept.filter(Boolean)).toHaveLength(1010);
    expect(queue.counts).toEqual({ waiting: 1010, dropped: 2, lost: 0 });
  });

  it('keeps them while the server is left alone, and goes on with the next one', async () => {
    const { queue, sent, state } = target();
    state.isResting = true;
    queue.push('a');
    queue.push('b');
    expect(sent).toEqual([]);
    state.isResting = false;
    queue.push('c');
    expect(sent.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
    for (const { arrive } of sent) arrive();
    await turn();
    expect(queue.counts).toEqual({ waiting: 0, dropped: 0, lost: 0 });
  });

  it('is drained when all have been sent, and at once where none can be', async () => {
    const { queue, sent, state } = target();
    queue.push('a');
    const order: string[] = [];
    const drained = queue.drained().then(() => order.push('drained'));
    await turn();
    order.push('sent');
    sent[0]!.arrive();
    await drained;
    expect(order).toEqual(['sent', 'drained']);
    state.isResting = true;
    queue.push('b');
    await queue.drained();
    expect(queue.counts.waiting).toBe(1);
  });
});
