/**
 * Several files at once against one after the other, and gzip against a pipe from gzip:
 *
 *     npm run bench:jobs [-- --size full|small] [--rounds N] [--folder FOLDER]
 *
 * - full: two files of 2 GB mixed, two of 300 MB dense, 300 MB mixed packed; medians of 7 rounds, written to docs/performance.md;
 * - small: 10 MB each, one round, printed only. For CI.
 *
 * Rounds are interleaved, files come out of the page cache. Fails only where the outputs differ, never for a time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Cost, measure, median, medianCost } from './lib/measure.js';
import { machine, table, writeSection } from './lib/section.js';
import { WorkloadFiles } from './lib/workload-files.js';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    rounds: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'ja3-sensor-bench') },
  },
});
const full = values.size === 'full';
const rounds = Number(values.rounds ?? (full ? 7 : 1));
if (!['full', 'small'].includes(values.size) || !(rounds >= 1)) {
  console.error('usage: bench:jobs [--size full|small] [--rounds N] [--folder FOLDER]');
  process.exit(2);
}

/** One way to the same rows. */
interface Way {
  readonly name: string;
  readonly command: readonly string[];
}

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const files = new WorkloadFiles(values.folder);
const scratch = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-jobs-'));
const sensor = (...args: string[]) => [process.execPath, main, 'pcap', '--format', 'ndjson', ...args];
const SEVEN = ['--fields', 'timestamp,src_ip,src_port,dst_ip,dst_port,ja3,ja3_hash'];
const wrong: string[] = [];

try {
  const large = full ? 2e9 : 10e6;
  const middling = full ? 300e6 : 10e6;
  const mixed = files.get('mixed', large).path;
  const dense = files.get('dense', middling).path;
  const atOnce = [
    compare(`two of ${large / 1e6} MB mixed, all fields`, [mixed, mixed], jobs([], mixed), apart([], mixed)),
    compare(`two of ${middling / 1e6} MB dense, seven fields`, [dense, dense], jobs(SEVEN, dense), apart(SEVEN, dense)),
    compare(`two of ${middling / 1e6} MB dense, all fields`, [dense, dense], jobs([], dense), apart([], dense)),
  ];
  report(
    'jobs',
    [
      'files',
      'jobs 1: wall s',
      'CPU s',
      'peak MB',
      'jobs 2: wall s',
      'CPU s',
      'peak MB',
      'times as fast',
      'two processes: times as fast',
    ],
    atOnce,
  );

  const plain = files.get('mixed', middling).path;
  const gz = packed(plain);
  const shell = `gzip -dc '${gz}' | '${process.execPath}' '${main}' pcap --format ndjson --fields ja3_hash,frame -`;
  const pair: [Way, Way] = [
    { name: 'gzip -dc | ja3-sensor pcap -', command: ['sh', '-c', shell] },
    { name: 'ja3-sensor pcap', command: sensor('--fields', 'ja3_hash,frame', gz) },
  ];
  const gzip = [compare(`${middling / 1e6} MB mixed, gzip -6`, [gz], pair)];
  report(
    'gzip',
    ['file', 'pipe: wall s', 'CPU s', 'peak MB', 'itself: wall s', 'CPU s', 'peak MB', 'times as fast'],
    gzip,
  );
} finally {
  rmSync(scratch, { recursive: true });
}
for (const message of wrong) console.error(message);
process.exitCode = wrong.length > 0 ? 1 : 0;

function jobs(options: readonly string[], file: string): [Way, Way] {
  const way = (count: string): Way => ({
    name: `--jobs ${count}`,
    command: sensor('--jobs', count, ...options, file, file),
  });
  return [way('1'), way('2')];
}

/** A process for each of two files, at the same time, which have nothing to do with each other: what the machine's cores and memory give at best. */
function apart(options: readonly string[], file: string): Way {
  const one = sensor(...options, file)
    .map((word) => `'${word}'`)
    .join(' ');
  return { name: 'two processes', command: ['sh', '-c', `${one} >/dev/null 2>&1 & ${one} >/dev/null 2>&1 & wait`] };
}

/**
 * The row of two ways: medians of both, and of the ratio of their wall times within each round.
 *
 * @param beside another way, of which only the same ratio is told
 */
function compare(name: string, read: readonly string[], ways: readonly [Way, Way], beside?: Way): string[] {
  for (const file of read) spawnSync('cat', [file], { stdio: 'ignore' }); // into the page cache
  const costs: [Cost[], Cost[]] = [[], []];
  const besides: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    const outputs = ways.map(({ name: way, command }, i) => {
      const { status, stdout, stderr, cost } = measure(command, scratch);
      if (status !== 0) wrong.push(`${name}, ${way}: exit ${status}: ${stderr.slice(-300)}`);
      costs[i]!.push(cost);
      return createHash('sha256').update(stdout).digest('hex');
    });
    if (beside !== undefined) besides.push(measure(beside.command, scratch).cost);
    if (outputs[0] !== outputs[1]) wrong.push(`${name}: ${ways[0].name} and ${ways[1].name} print different rows`);
  }
  const cells = costs.flatMap((list) => {
    const { wall, cpu, memory } = medianCost(list);
    return [wall.toFixed(2), cpu.toFixed(2), (memory / 1e6).toFixed(0)];
  });
  const ratioTo = (others: readonly Cost[]) =>
    median(costs[0].map((first, i) => first.wall / others[i]!.wall)).toFixed(2);
  return [name, ...cells, ratioTo(costs[1]), ...(beside === undefined ? [] : [ratioTo(besides)])];
}

function packed(path: string): string {
  const gz = `${path}.gz`;
  if (!existsSync(gz)) {
    const { status } = spawnSync('sh', ['-c', 'gzip -6 -c "$0" > "$1"', path, `${gz}.part`]);
    if (status !== 0) throw new Error(`gzip: exit ${status}`);
    renameSync(`${gz}.part`, gz);
  }
  return gz;
}

function report(section: string, head: readonly string[], rows: readonly string[][]): void {
  const text = `${machine()}; medians of ${rounds}\n\n${table(head, rows)}`;
  console.log(`${text}\n`);
  if (full) writeSection(section, text);
}
