/**
 * What it costs whole programs to read captures, and whether they find what is in them:
 *
 *     npm run bench:captures [-- --size full|small] [--rounds N] [--folder FOLDER]
 *
 * - full: 300 MB dense, 1 GB mixed, 500 MB small packets, medians of 5 rounds, written to bench/results.md;
 * - small: 10 MB each, one round, printed only. For CI.
 *
 * Rounds are interleaved (every program once, then again), so that what disturbs the machine disturbs all alike. The captures are read once before, and
 * so come out of the page cache. Fails only where a program's output is wrong, never for a time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contender, contenders } from './lib/contenders.js';
import { type Cost, measure, medianCost } from './lib/measure.js';
import { startup } from './lib/startup.js';
import { WorkloadFiles } from './lib/workload-files.js';
import { WORKLOADS, type WorkloadKind } from './lib/workloads.js';

const MB = 1e6;
const SIZES: Record<string, Record<WorkloadKind, number>> = {
  full: { dense: 300 * MB, mixed: 1000 * MB, small: 500 * MB },
  small: { dense: 10 * MB, mixed: 10 * MB, small: 10 * MB },
};

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    rounds: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'ja3-sensor-bench') },
  },
});
const sizes = SIZES[values.size];
const rounds = Number(values.rounds ?? (values.size === 'small' ? 1 : 5));
if (!sizes || !(rounds >= 1)) {
  console.error('usage: bench:captures [--size full|small] [--rounds N] [--folder FOLDER]');
  process.exit(2);
}

const files = new WorkloadFiles(values.folder);
const scratch = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-run-'));
const wrong: string[] = [];
const sections = WORKLOADS.map((kind) => section(kind, sizes[kind], contenders()));
rmSync(scratch, { recursive: true });
sections.push(startup(values.size === 'small' ? 1 : 20));

const report = `${heading()}\n${sections.join('\n')}`;
console.log(report);
if (values.size === 'full') writeFileSync(fileURLToPath(new URL('results.md', import.meta.url)), report);
for (const message of wrong) console.error(message);
process.exitCode = wrong.length > 0 ? 1 : 0;

/** Runs every program over a workload, and says what it cost. */
function section(kind: WorkloadKind, bytes: number, programs: readonly Contender[]): string {
  const whole = files.get(kind, bytes);
  const costs = new Map<Contender, Cost[]>(programs.map((program) => [program, []]));
  const found = new Map<Contender, string>();
  const partOf = (program: Contender) => (values.size === 'full' ? program.part : 1);
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) {
      const file = partOf(program) === 1 ? whole : files.get(kind, bytes * partOf(program));
      if (round === 0) readFileSync(file.path); // into the page cache
      const run = measure(program.command(file.path), scratch);
      costs.get(program)!.push(run.cost);
      const problem =
        run.status === 0
          ? program.verify?.(run.stdout, file.truth)
          : `exit ${run.status}: ${run.stderr.trim().slice(-300)}`;
      if (problem) wrong.push(`${program.name} on ${kind}: ${problem}`);
      if (program.hellos) found.set(program, `${percent(program.hellos(run.stdout), file.truth.hellos)} %`);
    }
  }
  const { truth } = whole;
  const rows = programs.map((program) => {
    const median = medianCost(costs.get(program)!);
    const scale = 1 / partOf(program);
    const columns = [
      scale === 1 ? program.name : `${program.name} ¹`,
      (median.cpu * scale).toFixed(2),
      (median.wall * scale).toFixed(2),
      (median.memory / MB).toFixed(0),
      millions(truth.packets / (median.wall * scale)),
      found.get(program) ?? '',
    ];
    return `| ${columns.join(' | ')} |`;
  });
  const megabytes = Math.round(truth.bytes / MB);
  return `## ${kind}: ${megabytes} MB, ${truth.packets} packets, ${truth.hellos} hellos, ${truth.splits} of them split

| program | CPU s | wall s | peak MB | million packets/s | hellos found |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** Rounded down, so that 100 means all. */
function percent(part: number, of: number): string {
  return String(Math.floor((part / of) * 1000) / 10);
}

function millions(rate: number): string {
  return (rate / 1e6).toFixed(rate < 1e6 ? 3 : 1);
}

function heading(): string {
  const first = (command: string, ...args: string[]) =>
    spawnSync(command, args, { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim() ?? '';
  const versions = [`Node ${process.versions.node}`, first('tcpdump', '--version'), first('tshark', '--version')];
  return `# Reading captures: whole processes

Made by \`npm run bench:captures\` on ${new Date().toISOString().slice(0, 10)}. ${rounds === 1 ? 'One round' : `Medians of ${rounds} interleaved rounds`}, files in the page cache. CPU is user and
system of the whole process, its start included; peak is the largest resident set. The workloads are bench/generate-workload.ts's.

- machine: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}
- programs: ${versions.filter(Boolean).join('; ')}
${values.size === 'full' ? '- ¹ measured on a tenth of the workload, times and rates scaled to the whole (memory is not)\n' : ''}`;
}
