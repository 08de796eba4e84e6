import { describe, expect, it } from 'vitest';
import { BATCH_ROWS, QUEUE_ROWS } from '../../../../src/cli/recording/limits.js';
import { RecordQueue } from '../../../../src/cli/recording/queue.js';
import type { DeviceRow, ListEntry, PolicyBatch } from '../../../../src/model/index.js';
import { observation, seenLogin } from '../../store/rows.js';

const nothing: PolicyBatch = {
  heard: [],
  userClients: [],
  userNetworks: [],
  devices: [],
  usual: [],
  listed: [],
  unlisted: [],
};
const device = (i: number): DeviceRow => ({ device: String(i), firstSeen: 0, lastSeen: 0, succeeded: i, failed: 0 });
const devices = (from: number, count: number): PolicyBatch => ({
  ...nothing,
  devices: Array.from({ length: count }, (_, i) => device(from + i)),
});
const entry: ListEntry = { list: 'block', ip: '192.0.2.7', login: null, ja3: null, expires: 9, reason: 'spray' };

describe('policy rows that wait for the thread', () => {
  it('go with logins and hellos, small batches as one', () => {
    const queue = new RecordQueue();
    queue.login(seenLogin(1));
    queue.policy(devices(0, 2));
    queue.observation(observation(1));
    queue.policy(devices(2, 1));
    expect(queue.rows).toBe(5);
    expect(queue.take()).toMatchObject({
      logins: [{}],
      observations: [{}],
      policy: [{ devices: [device(0), device(1), device(2)] }],
    });
    expect(queue.rows).toBe(0);
    expect(queue.take()).toBeNull();
  });

  it('keep the order in which lists changed', () => {
    const queue = new RecordQueue();
    queue.policy(devices(0, 1));
    queue.policy({ ...nothing, listed: [entry] });
    queue.policy({ ...nothing, unlisted: [entry] });
    queue.policy(devices(1, 1));
    queue.policy(devices(2, 1));
    const { policy } = queue.take()!;
    expect(policy.map(({ listed, unlisted, devices: rows }) => [listed.length, unlisted.length, rows.length])).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 2],
    ]);
  });

  it('are all taken or none, and counted one by one', () => {
    const queue = new RecordQueue();
    expect(queue.policy(devices(0, QUEUE_ROWS - 1))).toBe(true);
    expect(queue.policy(devices(0, 2))).toBe(false);
    expect(queue.rows).toBe(QUEUE_ROWS - 1);
    expect(queue.policy(devices(0, 1))).toBe(true);
    expect(queue.login(seenLogin(1))).toBe(false);
  });

  it('are handed on a turn’s worth at a time', () => {
    const queue = new RecordQueue();
    for (let i = 0; i < 3; i++) queue.policy(devices(i, BATCH_ROWS / 2));
    expect(queue.take()!.policy[0]!.devices).toHaveLength(BATCH_ROWS);
    expect(queue.rows).toBe(BATCH_ROWS / 2);
    expect(queue.take()!.policy[0]!.devices).toHaveLength(BATCH_ROWS / 2);
  });
});
