/**
 * How many logins `ja3-sensor policy` decides about over HTTP on one processor, and what a month of a large site takes: on disk, in memory, at the start, and to prune.
 *
 *     npm run bench:policy [-- --small] [--users N] [--rounds N] [--month FOLDER]        default: 100,000 users, 7 rounds
 *
 * The command is the one of dist/, with the rules of samples/config/policy.yaml and a database that a month of logins was written into. It is held to one processor with all its threads; whoever asks has the
 * other. Written to docs/performance.md and printed, as Markdown; what the slowest answers were goes to standard error. Half an hour.
 *
 * `--month` keeps the month in a folder, or takes it from there: making it is most of the time. With it or with other numbers than the default nothing is written to the page.
 *
 * `--small` takes seconds and shows that everything works, for CI; its figures mean nothing, and are only printed. Fails where an answer is wrong or a login is not in the book, never for a time.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shippedLabels } from '../../src/cli/label-source.js';
import { machine, writeSection } from '../lib/section.js';
import { bundleServer, COMMAND, heardSince, sizesOf, writePolicyFile } from './files.js';
import type { Load } from './load.js';
import { Logins } from './logins.js';
import { fillMonth, type Month } from './month.js';
import { page } from './page.js';
import { Population, type Program, programsOf } from './population.js';
import { type Round, round, stretches } from './rounds.js';
import { IS_PINNED, LOAD_CPU, ServerProcess } from './server-process.js';

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    users: { type: 'string' },
    rounds: { type: 'string' },
    month: { type: 'string' },
  },
});
const { small } = values;
const USERS = Number(values.users ?? (small ? 200 : 100_000));
const ROUNDS = Number(values.rounds ?? (small ? 1 : 7));
const SECONDS = small ? 1 : 15;
const DECISIONS = small ? 200 : 5000;
/** What is kept, and days beyond that which pruning has to delete. */
const KEPT_DAYS = 30;
const UNPRUNED = small ? 1 : 3;
const FURTHER_LOGINS = small ? 1000 : 1_000_000;
const PASSWORD = 'measured';
const PORT = 8084;

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-policy-'));
const database = join(folder, 'sensor.db');
const configuration = join(folder, 'policy.yaml');
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const processes: ServerProcess[] = [];
try {
  const text = await measured();
  console.log(text);
  if (values.users === undefined && values.month === undefined && !small) writeSection('policy', text);
} finally {
  for (const process of processes) process.kill();
  rmSync(folder, { recursive: true });
}

async function measured(): Promise<string> {
  writePolicyFile({ path: configuration, database, log: join(folder, 'verdicts.log'), port: PORT, password: PASSWORD });
  const programs = programsOf(await shippedLabels());
  const month = await monthOf(programs);
  const sizes = sizesOf(database);
  if (IS_PINNED) spawnSync('taskset', ['-a', '-c', '-p', LOAD_CPU, `${process.pid}`]);

  const since = Date.now();
  const command = started([COMMAND, 'policy', '--config', configuration]);
  const startSeconds = await command.printed('"listening"');
  const startBytes = command.resident();
  const alone = await serverAlone();

  const logins = new Logins(new Population(USERS, programs, 7), PASSWORD);
  const load: Load = { port: PORT, connections: 20, seconds: SECONDS, decisions: null, nextLogin: logins.next };
  const fixed: Load = { ...load, decisions: DECISIONS };
  const all: Round[] = [];
  const measure = async (name: string, of: ServerProcess, how: Load): Promise<Round> => {
    const done = await round(of, how);
    if (of === command) all.push(done);
    const { decisions, p99, busy } = done.figures;
    tell(
      `${name}: ${decisions.toFixed(0)} decisions/s, p99 ${p99.toFixed(1)} ms, ${(busy * 100).toFixed(0)} % of a processor; slowest ${stretches(done.slowest)}`,
    );
    return done;
  };
  await measure('compiled first', command, { ...load, seconds: Math.min(SECONDS, 5) });
  const whilePruned: Round[] = [];
  const isPruned = () => command.lines.some((line) => line.includes('kept long enough'));
  while (!isPruned()) {
    const done = await measure('while pruned', command, fixed);
    if (!isPruned()) whilePruned.push(done);
  }
  const rounds = { fixed: [] as Round[], most: [] as Round[], alone: [] as Round[] };
  const ofAlone = { ...load, port: Number(alone.lines[0]) };
  for (let i = 0; i < ROUNDS; i++) {
    rounds.fixed.push(await measure('fixed', command, fixed));
    rounds.most.push(await measure('most', command, load));
    rounds.alone.push(await measure('alone', alone, ofAlone));
  }
  const beforeFurther = command.resident();
  const sum = (): number => all.reduce((total, { logins }) => total + logins, 0);
  while (sum() < FURTHER_LOGINS) await measure('a million', command, load);
  const bytesAfter = command.resident();
  tell(`${sum()} logins, ${beforeFurther} bytes before the last of them`);
  await command.stop();
  const dropped = droppedOf(command.lines);
  const heard = heardSince(database, since);
  if (heard + dropped < sum() || heard > sum()) {
    throw new Error(`${sum()} logins were reported, ${heard} are in the book, ${dropped} rows were dropped`);
  }
  return page({
    machine: machine(),
    isPinned: IS_PINNED,
    users: USERS,
    month,
    kept: KEPT_DAYS,
    sizes,
    startSeconds,
    startBytes,
    further: sum(),
    bytesAfter,
    decisions: DECISIONS,
    rounds: { ...rounds, whilePruned },
    dropped,
  });
}

/** Made, or as it was made before. */
async function monthOf(programs: readonly Program[]): Promise<Month> {
  const kept = values.month;
  const summary = kept === undefined ? null : join(kept, 'month.json');
  const files = ['sensor.db', 'sensor.db.key'];
  if (kept !== undefined && summary !== null && existsSync(summary)) {
    for (const file of files) copyFileSync(join(kept, file), join(folder, file));
    return JSON.parse(readFileSync(summary, 'utf8')) as Month;
  }
  const month = await fillMonth({
    configuration,
    database,
    population: new Population(USERS, programs, 6),
    days: KEPT_DAYS + UNPRUNED,
    unpruned: UNPRUNED,
    until: Date.now(),
    tell,
  });
  if (kept !== undefined && summary !== null) {
    mkdirSync(kept, { recursive: true });
    for (const file of files) copyFileSync(join(folder, file), join(kept, file));
    writeFileSync(summary, JSON.stringify(month));
  }
  return month;
}

function started(args: readonly string[]): ServerProcess {
  const process = new ServerProcess(args);
  processes.push(process);
  return process;
}

async function serverAlone(): Promise<ServerProcess> {
  const file = join(folder, 'server.mjs');
  await bundleServer(file);
  const process = started([file]);
  await process.printed('');
  return process;
}

/** Rows that the command says it has dropped. */
function droppedOf(lines: readonly string[]): number {
  const said = lines.flatMap((line) => /"database":(\d+)/.exec(line)?.[1] ?? []);
  return said.reduce((sum, count) => sum + Number(count), 0);
}
