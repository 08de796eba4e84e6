import { entry } from '../../../explain/index.js';
import { DEFAULT_RETENTION, type PolicyCounts, type Status, type WouldPrune } from '../../../store/index.js';
import type { ExitCode } from '../../exit-codes.js';
import { textLook } from '../../look.js';
import { give, type Json } from './answer.js';
import { withStore } from './database.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { pruneJson, pruneText } from './prune-text.js';
import { bytes, counted, grouped, isoTime, shownTime } from './text.js';

/** What is in the database, and what pruning with the usual periods would do. */
export async function status(raw: RawDbOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  return withStore(database, 'read', (store) => {
    const now = store.upkeep.status();
    const due = store.upkeep.wouldPrune(Date.now() / 1000, DEFAULT_RETENTION);
    return give({ json: statusJson(now, due), text: () => statusText(now, due) }, json);
  });
}

function statusJson(
  { path, keyPath, schema, counts, policy, partlyKnown, size, free, oldest, newest }: Status,
  due: WouldPrune,
) {
  const json: Json = {
    path,
    key_path: keyPath,
    schema,
    size,
    free,
    fingerprints: counts.fingerprints,
    partly_known: partlyKnown,
    labels: counts.labels,
    observations: counts.observations,
    logins: counts.logins,
    policy: {
      heard: policy.heard,
      user_clients: policy.userClients,
      user_networks: policy.userNetworks,
      devices: policy.devices,
      usual: policy.usual,
      listed: policy.listed,
    },
    oldest: isoTime(oldest),
    newest: isoTime(newest),
    would_prune: pruneJson(due),
  };
  return json;
}

function policyText({ heard, userClients, userNetworks, devices, usual, listed }: PolicyCounts): string {
  return [
    `${counted(heard, 'login')} heard`,
    `${counted(userClients, 'client')} and ${counted(userNetworks, 'network')} of users`,
    counted(devices, 'device'),
    counted(usual, 'usual count'),
    counted(listed, 'list entry', 'list entries'),
  ].join(', ');
}

async function statusText(now: Status, due: WouldPrune): Promise<string> {
  const look = await textLook();
  const { counts, policy } = now;
  const partly = now.partlyKnown === 0 ? '' : `, of them ${grouped(now.partlyKnown)} known from logs alone`;
  const line = (label: string, text: string): string => entry(label, 12, text, look, '');
  return [
    line('database', look.escape(now.path)),
    line('key', look.escape(now.keyPath)),
    line('schema', String(now.schema)),
    line('size', `${bytes(now.size)}, of them ${bytes(now.free)} free`),
    line('fingerprints', `${grouped(counts.fingerprints)}${partly}`),
    line('labels', grouped(counts.labels)),
    line('observations', grouped(counts.observations)),
    line('logins', grouped(counts.logins)),
    ...(Object.values(policy).some((count) => count > 0) ? [line('policy', policyText(policy))] : []),
    line('from', `${shownTime(now.oldest)} to ${shownTime(now.newest)} (UTC)`),
    line('pruning', pruneText(due, 'would')),
  ].join('');
}
