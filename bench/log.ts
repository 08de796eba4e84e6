/**
 * How fast login logs are read: a log of real lines of samples/logs, times advancing, through the whole command.
 *
 *     npx tsx bench/log.ts [MEGABYTES]        default 256; after `npm run build`: it runs dist/
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { LogReader } from '../src/login/index.js';
import { measure } from './lib/measure.js';

const megabytes = Number(process.argv[2] ?? 256);
const command = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-log-'));

/** Lines of logins only, or as they are in a mail log: among others' lines. */
const LOGS = {
  'login lines with ssl_ja3': lines('dovecot-2.4.log').filter((line) => line.includes('-login: ')),
  'login lines without': lines('dovecot-2.3.log').filter((line) => line.includes('-login: ')),
  'one login among ten lines of others': lines('syslog-traditional.log').flatMap((line) => [line, ...others(9)]),
};

try {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, ${megabytes} MB each`);
  for (const [name, sample] of Object.entries(LOGS)) {
    const file = join(folder, 'log');
    const count = write(file, sample);
    const parser = parse(sample);
    console.log(`${name}: parser alone ${perSecond(parser)} lines/s`);
    for (const args of [['--summary'], ['--format', 'ndjson']]) {
      const { cost, status } = measure([process.execPath, command, 'log', ...args, file], folder);
      if (status !== 0) throw new Error(`the command ended with ${status}`);
      console.log(
        `  ${args.join(' ')}: ${perSecond(count / cost.wall)} lines/s, ${perSecond(count / cost.cpu)} a CPU second, ${Math.round(cost.memory / 1e6)} MB at the peak`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

function lines(name: string): string[] {
  return readFileSync(new URL(`../samples/logs/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}

function others(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) =>
      `Nov 22 07:48:50 mail postfix/qmgr[${1000 + i}]: 4Gx${i}: from=<user${i}@example.org>, size=${i}, nrcpt=1 (queue active)`,
  );
}

/** @returns lines written */
function write(file: string, sample: readonly string[]): number {
  const descriptor = openSync(file, 'w');
  let count = 0;
  for (let bytes = 0; bytes < megabytes << 20; ) {
    const block = block60(sample, count);
    writeSync(descriptor, block);
    bytes += block.length;
    count += sample.length * 60;
  }
  closeSync(descriptor);
  return count;
}

/** A minute: the sample once a second. */
function block60(sample: readonly string[], count: number): Buffer {
  const minute = String(Math.floor(count / (sample.length * 60)) % 60).padStart(2, '0');
  const text: string[] = [];
  for (let second = 0; second < 60; second++) {
    for (const line of sample) {
      text.push(line.replace(/\d\d:\d\d:\d\d/, `07:${minute}:${String(second).padStart(2, '0')}`));
    }
  }
  return Buffer.from(`${text.join('\n')}\n`);
}

/** @returns lines a second */
function parse(sample: readonly string[]): number {
  const block = block60(sample, 0);
  const reader = new LogReader({ latest: () => 1_800_000_000 });
  const end = performance.now() + 2000;
  const began = performance.now();
  while (performance.now() < end) reader.push(block);
  return reader.lines / ((performance.now() - began) / 1000);
}

function perSecond(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
