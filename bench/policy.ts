/**
 * What deciding costs with a past: the real command with the sample rules and a database of thirty days of 100,000 users, asked over HTTP as Dovecot asks, on one processor:
 *
 *     npm run bench:policy [-- --small] [--logins N]       default: 10,000,000 logins in the database
 *
 * Writes its table into docs/performance.md. `--small` takes seconds, for CI: its figures mean nothing and are printed. Fails where an answer is not what it has to be or a login that was
 * reported is not in the database, never for a time. It needs taskset (util-linux).
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openStore } from '../src/store/index.js';
import { machine, table, writeSection } from './lib/section.js';
import { ask, percentile } from './policy/load.js';
import { Logins } from './policy/logins.js';
import { Running } from './policy/running.js';
import { seedDatabase } from './policy/seed.js';

const { values } = parseArgs({ options: { small: { type: 'boolean', default: false }, logins: { type: 'string' } } });
const { small } = values;
const logins = Number(values.logins ?? (small ? 10_000 : 10_000_000));
const population = { users: small ? 1000 : 100_000, fingerprints: 500, password: 'measured' };
const seconds = small ? 1 : 20;
const PORT = 18_085;
const CONNECTIONS = 20;
/** A good login is two questions and a report, one in ten of all is bad and one question and a report. */
const REQUESTS_PER_QUESTION = 2.9 / 1.9;
const DECISIONS = small ? 200 : 5000;

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-policy-'));
const database = join(folder, 'sensor.db');
try {
  await seedDatabase(database, { ...population, logins });
  const megabytes = Math.round(statSync(database).size / 2 ** 20);
  const server = await Running.start(
    [
      'taskset',
      '-c',
      '0',
      process.execPath,
      fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)),
      'policy',
      '--config',
      configuration(),
    ],
    PORT,
  );
  const rows: string[][] = [];
  const loaded = server.residentMegabytes();
  const asked = new Logins(population);
  let reports = 0;
  const measured = async (
    name: string,
    rate: number | null,
    forSeconds: number,
    source: Pick<Logins, 'next'> = asked,
  ) => {
    const before = server.cpuSeconds();
    const outcome = await ask(source, { port: PORT, connections: CONNECTIONS, seconds: forSeconds, rate });
    const cpu = server.cpuSeconds() - before;
    reports += outcome.requests - outcome.questions;
    const milliseconds = (share: number) => percentile(outcome.latencies, share).toFixed(2);
    const whole = (value: number) => Math.round(value).toLocaleString('en');
    rows.push([
      name,
      whole(outcome.questions / outcome.seconds),
      whole(outcome.requests / outcome.seconds),
      whole(outcome.questions / cpu),
      milliseconds(0.5),
      milliseconds(0.99),
      milliseconds(1),
    ]);
  };
  await measured('compiling', null, seconds / 4);
  rows.pop();
  await measured(`${DECISIONS.toLocaleString('en')} decisions/s`, DECISIONS * REQUESTS_PER_QUESTION, seconds);
  const busy = server.residentMegabytes();
  await measured('as fast as it goes', null, seconds);
  // Their rows come minutes later, when no report is to be expected any more: the small run counts rows.
  if (!small) await measured('as fast as it goes, no reports', null, seconds, { next: () => nextQuestion(asked) });
  const after = server.residentMegabytes();
  const code = await server.stop();
  if (code !== 0) throw new Error(`the command ended with ${code}`);
  const stored = await heard();
  // In large, what the disk cannot take is dropped, and told.
  if (small && stored < logins + reports - CONNECTIONS) {
    throw new Error(`of ${reports} logins that were reported ${stored - logins} are in the database`);
  }
  const text = [
    `${machine()}; the server on one of the processors, ${CONNECTIONS} connections, sample rules.`,
    table(['', 'decisions/s', 'requests/s', 'decisions a CPU second', 'p50 ms', 'p99 ms', 'longest ms'], rows),
    `The database: ${population.users.toLocaleString('en')} users with 3 clients and 5 networks each, ${logins.toLocaleString('en')} logins of thirty days: ${megabytes} MiB. ` +
      `Read at the start: ${server.startedAfter.toFixed(1)} s until the server listens, ${loaded} MB resident; ${busy} MB at the rate above, ${after} MB after the most.`,
  ].join('\n\n');
  if (small || values.logins !== undefined) console.log(text);
  else writeSection('policy', text);
} finally {
  rmSync(folder, { recursive: true });
}

function nextQuestion(from: Logins): ReturnType<Logins['next']> {
  for (;;) {
    const request = from.next();
    if (request.isQuestion) return request;
  }
}

/** The sample's rules behind a password. */
function configuration(): string {
  const sample = readFileSync(new URL('../samples/config/policy.yaml', import.meta.url), 'utf8');
  const file = join(folder, 'policy.yaml');
  const text = sample
    .replace(
      /^listen: .*$/m,
      `listen: "127.0.0.1:${PORT}"\nask: { password: ${population.password} }\nrate: { per_second: 100000, burst: 100000 }`,
    )
    .replace(/^database: .*$/m, `database: ${database}\nlog: ${join(folder, 'verdicts.log')}`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function heard(): Promise<number> {
  const store = await openStore(database, { create: false, readOnly: true });
  try {
    return store.policy.counts().heard;
  } finally {
    store.close();
  }
}
