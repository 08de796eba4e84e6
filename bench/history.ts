// What the history of a policy costs: memory for 100,000 users with three devices and five networks each, and the time of a login that is asked about and counted.
//
//   node --expose-gc --import tsx bench/history.ts
import type { PolicyBatch } from '../src/model/index.js';
import { type CounterSpec, type History, openHistory } from '../src/policy/history/index.js';

const USERS = 100_000;
const DEVICES = 3;
const NETWORKS = 5;
/** Devices of all users together. */
const DEVICE_KEYS = 2_000;
const LOGINS = 300_000;
const DAY = 86_400_000;
const NOW = 1_760_000_000_000;
const START = NOW - 30 * DAY;

const counters: readonly CounterSpec[] = [
  { count: 'failed_users', per: ['fingerprint'], window: 600, usual: true },
  { count: 'failed_users', per: ['fingerprint', 'network'], window: 3600, usual: false },
  { count: 'failed_users', per: ['fingerprint'], window: 86_400, usual: true },
  { count: 'failures', per: ['address'], window: 600, usual: false },
  { count: 'failures', per: ['user'], window: 3600, usual: false },
  { count: 'logins', per: ['fingerprint', 'network'], window: 86_400, usual: false },
];
const limits = {
  users: 200_000,
  clientsPerUser: 20,
  networksPerUser: 40,
  devices: 50_000,
  keysPerCounter: 50_000,
  usersPerCount: 1_000,
  days: 180,
};

const hex = (kind: number, n: number): string =>
  ((BigInt(kind * 2 ** 32 + n) * 0x9e3779b97f4a7c15f39cc0605cedc835n) & ((1n << 128n) - 1n))
    .toString(16)
    .padStart(32, '0');
const userOf = (n: number): string => hex(1, n);
const deviceOf = (user: number, n: number): string => hex(2, (user * 7 + n * 131) % DEVICE_KEYS);
const networkOf = (user: number, n: number): string => `${20 + n}.${user % 251}.${Math.floor(user / 251) % 251}`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

function used(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const times = { firstSeen: START / 1000, lastSeen: NOW / 1000 - 3600, succeeded: 20 };
function* rows<T>(each: number, row: (user: number, n: number) => T): Generator<T> {
  for (let user = 0; user < USERS; user++) for (let n = 0; n < each; n++) yield row(user, n);
}

/** Seconds of CPU since it was last asked: the machine may have other things to do. */
let spentBefore = process.cpuUsage();
function cpu(): number {
  const spent = process.cpuUsage(spentBefore);
  spentBefore = process.cpuUsage();
  return (spent.user + spent.system) / 1e6;
}

const before = used();
cpu();
const history: History = openHistory({
  counters,
  learning: { logins: 5, days: 14 },
  limits,
  now: () => NOW,
  past: {
    userClients: () => rows(DEVICES, (user, n) => ({ userKey: userOf(user), device: deviceOf(user, n), ...times })),
    userNetworks: () =>
      rows(NETWORKS, (user, n) => ({ userKey: userOf(user), network: `${networkOf(user, n)}.0/24`, ...times })),
    devices: () => [],
    usual: () => [],
    listed: () => [],
    heard: () => [],
  },
});
console.log(`loaded in ${cpu().toFixed(1)} s of CPU, the making of the rows included`);
console.log(`users, devices, networks: ${megabytes(used() - before)} for`, history.size);

/** The n-th login: users in no order, one in twenty fails, one in fifty comes from somewhere new; a minute has some 2,000. */
const loginOf = (n: number) => {
  const user = (n * 7919) % USERS;
  const remote = n % 50 === 0 ? `203.${(n >> 8) & 255}.${n & 255}.9` : `${networkOf(user, n % NETWORKS)}.${n % 250}`;
  return { time: NOW + n * 30, userKey: userOf(user), device: deviceOf(user, n % DEVICES), remote };
};

const made = Array.from({ length: LOGINS }, (_, n) => loginOf(n));
const spent = new Float64Array(LOGINS);
cpu();
made.forEach((login, n) => {
  const start = performance.now();
  history.client(login);
  history.network(login);
  history.totals(login);
  for (const spec of counters) history.count(spec, login);
  history.add(login, n % 20 === 0 ? 'failed' : 'succeeded');
  spent[n] = performance.now() - start;
});
const seconds = cpu();
spent.sort();
const microseconds = (share: number): string => (spent[Math.floor(share * (LOGINS - 1))]! * 1000).toFixed(1);
console.log(
  `${Math.round(LOGINS / seconds).toLocaleString('en')} logins a second of CPU, each asked about in ${counters.length + 3} ways and counted; p50 ${microseconds(0.5)}, p99 ${microseconds(0.99)}, p99.9 ${microseconds(0.999)}, max ${microseconds(1)} µs`,
);
console.log(
  `with counts, and changes that wait: ${megabytes(used() - before)} (the bench's own ${LOGINS} logins among them), for`,
  history.size,
);

const batches: number[] = [];
let count = 0;
cpu();
for (;;) {
  const start = performance.now();
  const batch: Pick<PolicyBatch, 'userClients' | 'userNetworks' | 'devices' | 'usual'> = history.changes();
  batches.push(performance.now() - start);
  const size = batch.userClients.length + batch.userNetworks.length + batch.devices.length + batch.usual.length;
  if (size === 0) break;
  count += size;
}
const batched = cpu();
batches.sort((a, b) => a - b);
console.log(
  `${count} rows of changes in ${batches.length} batches, ${((batched * 1000) / batches.length).toFixed(2)} ms of CPU each; p50 ${batches[batches.length >> 1]!.toFixed(2)}, max ${batches.at(-1)!.toFixed(2)} ms`,
);
made.length = 0;
console.log(`all of it, the changes taken: ${megabytes(used() - before)}`);
