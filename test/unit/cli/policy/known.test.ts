import { describe, expect, it } from 'vitest';
import { knownNow } from '../../../../src/cli/commands/policy/known.js';
import type { DeviceRow, UserClientRow } from '../../../../src/model/index.js';

const client = (device: string, firstSeen: number, succeeded: number, userKey = 'alice'): UserClientRow => ({
  userKey,
  device,
  firstSeen,
  lastSeen: firstSeen + 10,
  succeeded,
});
const device = (name: string, firstSeen: number, succeeded: number, failed: number): DeviceRow => ({
  device: name,
  firstSeen,
  lastSeen: firstSeen + 20,
  succeeded,
  failed,
});

const rows = {
  userClients: () => [
    client('whole', 300, 2),
    client('other', 200, 4),
    client('hash', 100, 5),
    client('hash', 1, 7, 'bob'),
  ],
  userNetworks: () => [],
  devices: () => [device('whole', 300, 2, 1), device('other', 200, 4, 4), device('hash', 1, 12, 3)],
};

const seen = { device: 'whole', aliases: ['hash', 'never'], recognition: null };
const heard = { userKey: 'alice', device: 'hash' };

describe('what is known by now of a client that was heard by its hash', () => {
  it('is what was kept under all its keys', () => {
    const own = { userKey: 'alice', device: 'hash', firstSeen: 100, lastSeen: 310, succeeded: 7 };
    expect(knownNow(rows, heard, seen)).toEqual({
      clients: [own, client('other', 200, 4)],
      own,
      networks: [],
      device: { device: 'hash', firstSeen: 1, lastSeen: 320, succeeded: 14, failed: 4 },
    });
  });

  it('is what was kept under its own where it has no others', () => {
    expect(knownNow(rows, { ...heard, device: 'other' }, { ...seen, device: 'other', aliases: [] })).toMatchObject({
      clients: [client('hash', 100, 5), client('other', 200, 4), client('whole', 300, 2)],
      own: client('other', 200, 4),
      device: device('other', 200, 4, 4),
    });
  });

  it('is nothing of what never logged in, and of nobody', () => {
    const strange = { device: 'strange', aliases: [], recognition: null };
    expect(knownNow(rows, { ...heard, device: 'strange' }, strange)).toMatchObject({ own: null, device: null });
    const none = { device: null, aliases: [], recognition: null };
    expect(knownNow(rows, { device: null, userKey: null }, none)).toEqual({
      clients: [],
      own: null,
      networks: [],
      device: null,
    });
  });
});
