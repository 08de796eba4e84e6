/**
 * Where the time of one capture goes:
 *
 *     npm run bench:breakdown [-- --rounds N] [--folder FOLDER]
 *
 * Node's start, ours, reading and looking at headers (bench/lib/bare-loop.mjs), the optimising compiler and the collector as V8 itself times them, and what is
 * left: connections, hellos, rows. Least of some rounds each, on the three workloads; written to docs/performance.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure } from './lib/measure.js';
import { machine, table, writeSection } from './lib/section.js';
import { WorkloadFiles } from './lib/workload-files.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    folder: { type: 'string', default: join(tmpdir(), 'ja3-sensor-bench') },
  },
});
const rounds = Number(values.rounds);
if (!(rounds >= 1)) {
  console.error('usage: bench:breakdown [--rounds N] [--folder FOLDER]');
  process.exit(2);
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const files = new WorkloadFiles(values.folder);
const scratch = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-breakdown-'));
const SEVEN = ['--format', 'ndjson', '--fields', 'timestamp,src_ip,src_port,dst_ip,dst_port,ja3,ja3_hash'];
const sensor = (capture: string, ...flags: string[]) => [
  process.execPath,
  ...flags,
  here('../dist/cli/main.js'),
  'pcap',
  ...SEVEN,
  capture,
];

try {
  const node = least(() => cpu([process.execPath, '-e', '0']));
  const start = least(() => cpu(sensor(here('../samples/mail-logins.pcapng'))));
  const rows = [
    { kind: 'dense', bytes: 300e6 } as const,
    { kind: 'mixed', bytes: 1000e6 } as const,
    { kind: 'small', bytes: 500e6 } as const,
  ].map(({ kind, bytes }) => {
    const { path } = files.get(kind, bytes);
    const all = least(() => cpu(sensor(path)));
    const bare = least(() => cpu([process.execPath, here('lib/bare-loop.mjs'), path])) - node;
    const compiler = least(() =>
      traced(path, '--trace-opt', /completed compiling .* took ([\d.]+), ([\d.]+), ([\d.]+) ms/),
    );
    const collector = least(() => traced(path, '--trace-gc', /ms: .* MB, ([\d.]+) \/ [\d.]+ ms/));
    const tcpdump = least(() => cpu(['tcpdump', '-r', path, '-w', '/dev/null']));
    const rest = all - start - bare - compiler - collector;
    const seconds = [all, node, start - node, bare, compiler, collector, rest, tcpdump].map((s) => s.toFixed(2));
    return [kind, ...seconds, (all / tcpdump).toFixed(2)];
  });
  const head = [
    'workload',
    'all',
    'Node',
    'our start',
    'reading, headers',
    'compiler',
    'collector',
    'the rest',
    'tcpdump',
    'ratio',
  ];
  writeSection(
    'breakdown',
    `CPU seconds, seven fields, the least of ${rounds} rounds: ${machine()}.\n\n${table(head, rows)}`,
  );
} finally {
  rmSync(scratch, { recursive: true });
}

function least(run: () => number): number {
  return Math.min(...Array.from({ length: rounds }, run));
}

function cpu(command: readonly string[]): number {
  const run = measure(command, scratch);
  if (run.status !== 0) throw new Error(`${command.join(' ')}: ${run.stderr}`);
  return run.cost.cpu;
}

/** Seconds that V8 says it took, summed over the lines that it writes between our rows. */
function traced(capture: string, flag: string, line: RegExp): number {
  const [program, ...args] = sensor(capture, flag);
  const run = spawnSync(program!, args, { encoding: 'latin1', maxBuffer: 2 ** 30 });
  let milliseconds = 0;
  for (const text of run.stdout.split('\n')) {
    for (const time of line.exec(text)?.slice(1) ?? []) milliseconds += Number(time);
  }
  return milliseconds / 1000;
}
