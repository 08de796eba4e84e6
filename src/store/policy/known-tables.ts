import type { DeviceRow, UserClientRow, UserNetworkRow, UsualRow } from '../../model/index.js';
import { safeSeconds } from '../time.js';
import { deviceCell, numberAt, textAt, userCell, userKeyAt } from './cells.js';
import type { KnownTableShape } from './known-table.js';

export const USER_CLIENTS: KnownTableShape<UserClientRow> = {
  name: 'user_clients',
  key: ['user_key', 'device'],
  rest: ['first_seen', 'last_seen', 'succeeded'],
  touched: 'last_seen',
  cellsOf: (row) => [
    userCell(row.userKey),
    deviceCell(row.device),
    whole(row.firstSeen),
    whole(row.lastSeen),
    row.succeeded,
  ],
  rowOf: ([user, device, first, last, succeeded]) => ({
    userKey: userKeyAt(user),
    device: textAt(device),
    firstSeen: numberAt(first),
    lastSeen: numberAt(last),
    succeeded: numberAt(succeeded),
  }),
};

export const USER_NETWORKS: KnownTableShape<UserNetworkRow> = {
  name: 'user_networks',
  key: ['user_key', 'network'],
  rest: ['first_seen', 'last_seen', 'succeeded'],
  touched: 'last_seen',
  cellsOf: (row) => [userCell(row.userKey), row.network, whole(row.firstSeen), whole(row.lastSeen), row.succeeded],
  rowOf: ([user, network, first, last, succeeded]) => ({
    userKey: userKeyAt(user),
    network: textAt(network),
    firstSeen: numberAt(first),
    lastSeen: numberAt(last),
    succeeded: numberAt(succeeded),
  }),
};

export const DEVICES: KnownTableShape<DeviceRow> = {
  name: 'devices',
  key: ['device'],
  rest: ['first_seen', 'last_seen', 'succeeded', 'failed'],
  touched: 'last_seen',
  cellsOf: (row) => [deviceCell(row.device), whole(row.firstSeen), whole(row.lastSeen), row.succeeded, row.failed],
  rowOf: ([device, first, last, succeeded, failed]) => ({
    device: textAt(device),
    firstSeen: numberAt(first),
    lastSeen: numberAt(last),
    succeeded: numberAt(succeeded),
    failed: numberAt(failed),
  }),
};

export const USUAL: KnownTableShape<UsualRow> = {
  name: 'usual',
  key: ['counter', 'key'],
  rest: ['usual', 'learned', 'since', 'peak', 'peak_from'],
  touched: 'learned',
  cellsOf: (row) => [
    row.counter,
    row.key,
    row.usual,
    whole(row.learned),
    whole(row.since),
    row.peak,
    whole(row.peakFrom),
  ],
  rowOf: ([counter, key, usual, learned, since, peak, peakFrom]) => ({
    counter: textAt(counter),
    key: textAt(key),
    usual: numberAt(usual),
    learned: numberAt(learned),
    since: numberAt(since),
    peak: numberAt(peak),
    peakFrom: numberAt(peakFrom),
  }),
};

/** A clock may tell parts of a second, the columns have whole ones. */
function whole(seconds: number): number {
  return safeSeconds(Math.floor(seconds));
}
