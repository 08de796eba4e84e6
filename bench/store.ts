/**
 * What the database costs.
 *
 *     npx tsx bench/store.ts [ROWS]              recording, and why the unique index is (time_s, key): ROWS in each of three steps, default 300,000
 *     npx tsx bench/store.ts large [ROWS]        a file of half a year, default 10,000,000 observations, and what asking it takes
 *     npx tsx bench/store.ts ask FILE            the questions alone, to a file that `large` has left: JA3_SENSOR_BENCH_KEEP=1 leaves it
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { observationRow } from '../src/cli/observation-row.js';
import type { ObservationRow } from '../src/model/index.js';
import { readCapture } from '../src/observe/index.js';
import { openStore } from '../src/store/index.js';
import { ask, fill } from './lib/store-large.js';

const [what = '300000', argument] = process.argv.slice(2);
const rows = Number(what === 'large' ? (argument ?? 10_000_000) : what);
const steps = 3;
const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-store-'));

try {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}`);
  if (what === 'ask') await ask(argument ?? '');
  else if (what === 'large') await large();
  else await steadily();
} finally {
  if (process.env.JA3_SENSOR_BENCH_KEEP === '1') console.log(folder);
  else rmSync(folder, { recursive: true });
}

async function large(): Promise<void> {
  const path = join(folder, 'store.db');
  await fill(path, rows);
  await ask(path);
}

async function steadily(): Promise<void> {
  const seen = await sampleRows();
  const path = join(folder, 'store.db');
  const store = await openStore(path, { create: true });
  report(
    'recording',
    (step) => store.observations.record(spread(seen, step)),
    () => statSync(path).size / (steps * rows),
  );
  store.close();
  for (const columns of ['time_s, key', 'key']) index(columns);
}

async function sampleRows(): Promise<ObservationRow[]> {
  const found: ObservationRow[] = [];
  const file = new URL('../samples/mail-logins.pcapng', import.meta.url);
  for await (const observation of readCapture(file.pathname)) found.push(observationRow(observation, '3.0'));
  return found;
}

/** The sample's logins again and again, a thousand a second, each from a port of its own. */
function* spread(seen: readonly ObservationRow[], step: number): Generator<ObservationRow> {
  for (let i = step * rows; i < (step + 1) * rows; i++) {
    const row = seen[i % seen.length]!;
    const timestamp = { ...row.timestamp, seconds: row.timestamp.seconds + Math.floor(i / 1000) };
    yield { ...row, timestamp, src: { ...row.src, port: 1024 + (i % 60_000) } };
  }
}

/** Rows of the same length in a table with one unique index or the other. */
function index(columns: string): void {
  const database = new Database(join(folder, `${columns.length}.db`));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec(`CREATE TABLE o (time_s INTEGER, key BLOB, rest TEXT); CREATE UNIQUE INDEX u ON o (${columns})`);
  const insert = database.prepare('INSERT INTO o VALUES (?, ?, ?)');
  const rest = 'x'.repeat(80);
  const some = database.transaction((from: number, to: number) => {
    for (let i = from; i < to; i++) {
      insert.run(Math.floor(i / 1000), createHash('sha256').update(String(i)).digest().subarray(0, 16), rest);
    }
  });
  report(`a unique index on (${columns})`, (step) => {
    for (let from = step * rows; from < (step + 1) * rows; from += 4000)
      some(from, Math.min(from + 4000, (step + 1) * rows));
  });
  database.close();
}

function report(name: string, run: (step: number) => unknown, bytesPerRow?: () => number): void {
  const rates: string[] = [];
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    run(step);
    const { user, system } = process.cpuUsage(cpu);
    const rate = (seconds: number) => Math.round(rows / seconds).toLocaleString('en');
    rates.push(`${rate((performance.now() - start) / 1000)} (a CPU second ${rate((user + system) / 1e6)})`);
  }
  const size = bytesPerRow === undefined ? '' : `, ${bytesPerRow().toFixed(0)} bytes a row`;
  console.log(`${name}: ${rates.join(', ')} rows/s${size}`);
}
