// What a policy costs the database: writing what it heard in batches, the room that takes, and reading what it knows at the start.
//
//   npx tsx bench/policy-store.ts [LOGINS]     default 1,000,000
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { HeardLogin, PolicyBatch, ToldViews } from '../src/model/index.js';
import { openStore } from '../src/store/index.js';
import { Random } from './lib/random.js';

const LOGINS = Number(process.argv[2] ?? 1_000_000);
const BATCHES = [100, 500, 1_000];
const USERS = 100_000;
const CLIENTS_PER_USER = 3;
const NETWORKS_PER_USER = 5;
const DEVICES = 2_000;
/** Rows that come in one batch when everything is written. */
const KNOWN_AT_ONCE = 1_000;
const FIRST_MS = 1_750_000_000_000;
/** A month. */
const SPAN_MS = 30 * 86_400_000;

const random = new Random(4711);
const hex = (digits: number): string =>
  Array.from({ length: digits / 8 }, () => random.u32().toString(16).padStart(8, '0')).join('');
const users = Array.from({ length: USERS }, () => hex(32));
const devices = Array.from({ length: DEVICES }, () => hex(32));
const views = devices.map((): ToldViews => {
  const value = () => ({ string: null, hash: hex(32) });
  return {
    ja3: value(),
    ja3n: value(),
    sslJa3: value(),
    ja4: { string: null, hash: `t13d1516h2_${hex(8)}_${hex(8)}` },
  };
});
const NOTHING: PolicyBatch = {
  heard: [],
  userClients: [],
  userNetworks: [],
  devices: [],
  usual: [],
  listed: [],
  unlisted: [],
};

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-'));
const path = join(folder, 'sensor.db');
try {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}`);
  const store = await openStore(path, { create: true });
  const empty = size();
  for (const [index, rows] of BATCHES.entries()) {
    const count = Math.round(LOGINS / BATCHES.length);
    const logins = Array.from({ length: count }, (_, number) => heard(index * count + number));
    timed(`heard logins in batches of ${rows}`, count, () => {
      for (let from = 0; from < count; from += rows) {
        store.policy.write({ ...NOTHING, heard: logins.slice(from, from + rows) });
      }
    });
  }
  const written = size();
  console.log(`  ${((written - empty) / LOGINS).toFixed(0)} bytes each, ${(written / 2 ** 20).toFixed(0)} MiB`);

  const times = { firstSeen: 1_740_000_000, lastSeen: 1_750_000_000, succeeded: 500 };
  const userClients = users.flatMap((userKey) =>
    Array.from({ length: CLIENTS_PER_USER }, () => ({ userKey, device: device(), ...times })),
  );
  const userNetworks = users.flatMap((userKey) =>
    Array.from({ length: NETWORKS_PER_USER }, () => ({ userKey, network: `${address(3)}.0/24`, ...times })),
  );
  timed('clients and networks of users, written', userClients.length + userNetworks.length, () => {
    for (const rows of slices(userClients)) store.policy.write({ ...NOTHING, userClients: rows });
    for (const rows of slices(userNetworks)) store.policy.write({ ...NOTHING, userNetworks: rows });
  });
  const known = size();
  const { userClients: clients, userNetworks: networks } = store.policy.counts();
  console.log(`  ${((known - written) / (clients + networks)).toFixed(0)} bytes each`);
  store.close();

  const reading = await openStore(path, { create: false, readOnly: true });
  timed('clients of users, read', clients, () => count(reading.policy.userClients()));
  timed('networks of users, read', networks, () => count(reading.policy.userNetworks()));
  timed('heard logins, read', LOGINS, () => count(reading.policy.heard(0)));
  timed('the last hour of them, read', 1, () => count(reading.policy.heard(FIRST_MS + SPAN_MS - 3_600_000)));
  timed('one session’s of them, looked for', 1, () => reading.policy.heardOf('none'));
  timed('one user’s of them, looked for', 1, () => reading.policy.ofUser('nobody'));
  reading.close();

  const keeping = await openStore(path, { create: false });
  // Halfway through the retention: a quarter of the rows goes, half of the rest is cut.
  const now = (FIRST_MS + SPAN_MS * 1.25) / 1000;
  const start = performance.now();
  const { heard: gone, cut } = await keeping.upkeep.prune(now);
  console.log(
    `pruning: ${gone} deleted, ${cut} cut, ${((performance.now() - start) / 1000).toFixed(1)} s, half of it pauses`,
  );
  keeping.close();
} finally {
  rmSync(folder, { recursive: true });
}

function heard(number: number): HeardLogin {
  const which = rare(DEVICES);
  const suspicious = random.chance(0.02);
  return {
    time: FIRST_MS + Math.floor((number / LOGINS) * SPAN_MS),
    session: Buffer.from(hex(24), 'hex').toString('base64'),
    userKey: users[random.u32() % USERS]!,
    remote: address(4),
    protocol: 'imap',
    port: 993,
    sni: 'imap.example.org',
    mechanism: 'PLAIN',
    tls: true,
    tlsVersion: 'TLSv1.3',
    clientId: random.chance(0.5)
      ? [
          ['name', 'Thunderbird'],
          ['version', '128.5.0'],
        ]
      : null,
    views: views[which]!,
    device: devices[which]!,
    outcome: random.chance(0.1) ? 'failed' : 'succeeded',
    effect: { action: 'allow' },
    ignored: suspicious ? { action: 'tarpit', seconds: 5 } : null,
    source: 'rules',
    rule: suspicious ? 'spray' : null,
    evidence: suspicious
      ? [
          { condition: 'failed_users', found: 17, numbers: { at_least: 15, window: 600, usual: 2.5 } },
          { condition: 'new_client', found: true, numbers: { logins: 40, days: 20 } },
        ]
      : [],
  };
}

function device(): string {
  return devices[rare(DEVICES)]!;
}

function address(octets: number): string {
  return Array.from({ length: octets }, () => random.u32() & 255).join('.');
}

/** 0 to `count` - 1, each number about as often as one over it (Zipf's law). */
function rare(count: number): number {
  return Math.floor((count + 1) ** (random.u32() / 2 ** 32)) - 1;
}

function* slices<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += KNOWN_AT_ONCE) yield rows.slice(from, from + KNOWN_AT_ONCE);
}

function size(): number {
  const bytes = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return bytes(path) + bytes(`${path}-wal`);
}

function count(rows: Iterable<unknown>): number {
  let sum = 0;
  for (const _ of rows) sum++;
  return sum;
}

function timed(name: string, rows: number, work: () => unknown): void {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1e6;
  const rate = (per: number): string => Math.round(rows / per).toLocaleString('en');
  console.log(
    rows === 1
      ? `${name}: ${(wall * 1000).toFixed(0)} ms`
      : `${name}: ${wall.toFixed(2)} s, CPU ${seconds.toFixed(2)} s; ${rate(wall)} a second, ${rate(seconds)} a CPU second`,
  );
}
