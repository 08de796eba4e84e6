// What recording costs the process that logins go through: the delay of its event loop at 1,000 logins and hellos a second, while the database is free, and while
// another process holds its lock for ten seconds.
//
//   npx tsx bench/recording.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Recording } from '../src/cli/recording/recording.js';
import { openLoginLog } from '../src/login/index.js';
import { proxiedLogin } from '../test/harness/proxied-login.js';
import { startWriter } from '../test/harness/record-writer.js';
import { observation } from '../test/unit/store/rows.js';

const SECONDS = 10;
const PER_SECOND = 1_000;
/** Milliseconds between two bursts: as many logins as come in that time. */
const STEP = 10;

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-'));
const path = join(folder, 'sensor.db');
const notice = (message: string, details?: object): void =>
  console.log(
    `  ${message} ${JSON.stringify(details, (_, value: unknown) => (value instanceof Error ? value.message : value))}`,
  );
const recording = new Recording(
  { database: path, users: 'hmac', prune: false },
  { info: notice, warn: notice },
  { start: startWriter },
);
const log = await openLoginLog({ target: { file: join(folder, 'login.log') }, openssl: '3.5' });
let number = 0;

async function phase(name: string, work: (i: number) => void): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  delay.enable();
  const start = performance.now();
  for (let done = 0; performance.now() - start < SECONDS * 1000; ) {
    const due = Math.min(SECONDS * PER_SECOND, Math.floor(((performance.now() - start) * PER_SECOND) / 1000));
    for (; done < due; done++) work(number++);
    await setTimeout(STEP);
  }
  delay.disable();
  const used = process.cpuUsage(cpu);
  const ms = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(1);
  console.log(
    `${name}: event loop delay p50 ${ms(delay.percentile(50))}, p99 ${ms(delay.percentile(99))}, max ${ms(delay.max)} ms; CPU of all threads ${((used.user + used.system) / 1000 / SECONDS).toFixed(0)} ms a second`,
  );
}

const login = (i: number) =>
  proxiedLogin({
    session: `session${i}`,
    user: `user${i % 500}@example.org`,
    time: { seconds: 1_700_000_000 + Math.floor(i / 1000), nanoseconds: (i % 1000) * 1_000_000, digits: 3 },
  });
const record = (i: number): void => {
  recording.login(login(i));
  recording.observation(observation(i));
};

await setTimeout(2_000);
await phase('nothing            ', () => {});
await phase('lines only         ', (i) => log.write(login(i)));
await phase('recorded           ', record);
const other = new Database(path);
other.exec('BEGIN EXCLUSIVE');
await phase('recorded, locked   ', record);
other.exec('ROLLBACK');
other.close();
console.log(`failing ${recording.failing}, dropped ${recording.dropped}`);
await phase('nothing, catching up', () => {});
console.log(`dropped in all ${await recording.close()}`);
const start = performance.now();
for (let i = 0; i < 20_000; i++) log.write(login(i));
console.log(`a line takes ${(((performance.now() - start) * 1000) / 20_000).toFixed(1)} µs`);
log.close();
rmSync(folder, { recursive: true });
