/**
 * How cost grows with the capture, and with what a stranger makes of it:
 *
 *     npm run bench:growth [-- --size full|small]
 *
 * - full: up to 16 GB and 5 million connections at once, written to docs/performance.md; a quarter of an hour;
 * - small: a hundredth of that, printed only.
 *
 * Captures are made while they are read, through a named pipe: nothing large lies on the disk. Time is user and system of the reading process alone, its start
 * included; memory is its largest resident set. Fails only where something is not found or not counted, never for a time.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  mixedStream,
  reversedStream,
  type Stream,
  simultaneousStream,
  synFloodStream,
  unfinishedStream,
} from './lib/growth-streams.js';
import { type Handshake, loadHandshakes } from './lib/handshakes.js';
import { machine, table, writeSection } from './lib/section.js';

interface Scenario {
  readonly name: string;
  readonly make: (handshakes: readonly Handshake[], size: number) => Stream;
  readonly sizes: readonly number[];
  readonly unit: string;
  /** One of them in words: 1e9 bytes are a GB. */
  readonly of: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'busy uplink', make: mixedStream, sizes: [1e9, 4e9, 16e9], unit: 'GB', of: 1e9 },
  {
    name: 'open at once, then all hellos',
    make: simultaneousStream,
    sizes: [1e6, 2e6, 5e6],
    unit: 'M connections',
    of: 1e6,
  },
  { name: 'SYN flood', make: synFloodStream, sizes: [5e6, 20e6, 80e6], unit: 'M packets', of: 1e6 },
  { name: 'last segment missing', make: unfinishedStream, sizes: [0.5e6, 1e6, 4e6], unit: 'M hellos', of: 1e6 },
  { name: 'segments reversed', make: reversedStream, sizes: [0.25e6, 0.5e6, 2e6], unit: 'M hellos', of: 1e6 },
];

const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } });
const scale = { full: 1, small: 0.01 }[values.size];
if (scale === undefined) {
  console.error('usage: bench:growth [--size full|small]');
  process.exit(2);
}

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'ja3-sensor-growth-'));
const handshakes = loadHandshakes(fileURLToPath(new URL('../samples', import.meta.url)));
const rows: string[][] = [];
const wrong: string[] = [];
try {
  for (const { name, make, sizes, unit, of } of SCENARIOS) {
    for (const size of sizes) {
      const stream = make(handshakes, size * scale);
      const { cpu, memory, stats } = await read(stream);
      const problem = `${stats.packets} of ${stream.packets} packets, ${stats.hellos} of ${stream.hellos} hellos`;
      if (stats.packets !== stream.packets || stats.hellos !== stream.hellos) wrong.push(`${name}: ${problem}`);
      const row = [
        name,
        `${(size * scale) / of} ${unit}`,
        (stream.packets / 1e6).toFixed(2),
        ((cpu / stream.packets) * 1e9).toFixed(0),
        (memory / 1e6).toFixed(0),
        Object.entries(stats.limits)
          .map(([limit, count]) => `${limit} ${count}`)
          .join(', '),
      ];
      rows.push(row);
      console.log(row.join(' · '));
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
const text = `${machine()}\n\n${table(['capture', 'size', 'million packets', 'ns a packet', 'peak MB', 'limits hit'], rows)}`;
if (values.size === 'full') writeSection('growth', text);
for (const message of wrong) console.error(message);
process.exitCode = wrong.length > 0 ? 1 : 0;

interface Outcome {
  readonly cpu: number;
  readonly memory: number;
  readonly stats: { packets: number; hellos: number; limits: Record<string, number> };
}

/** Has the command read a stream from its standard input, a pipe. */
async function read(stream: Stream): Promise<Outcome> {
  const [pipe, cost, log] = ['pipe', 'cost', 'log'].map((file) => join(scratch, file)) as [string, string, string];
  if (spawnSync('mkfifo', [pipe]).status !== 0) throw new Error('mkfifo failed');
  const errors = openSync(log, 'w');
  const command = [process.execPath, main, 'pcap', '--format', 'ndjson', '--fields', 'ja3_hash', '--stats', '-'];
  // The shell opens the pipe: here it would block until the other end does.
  const child = spawn(
    'sh',
    ['-c', 'exec "$@" < "$0"', pipe, '/usr/bin/time', '-o', cost, '-f', '%U %S %M', ...command],
    {
      stdio: ['ignore', 'ignore', errors],
      env: { ...process.env, XDG_DATA_HOME: scratch },
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const writer = await open(pipe, 'w');
  for (const piece of stream.pieces()) {
    for (let at = 0; at < piece.length; ) at += (await writer.write(piece, at)).bytesWritten;
  }
  await writer.close();
  const status = await ended;
  closeSync(errors);
  const output = readFileSync(log, 'utf8');
  if (status !== 0) throw new Error(`exit ${status}: ${output}`);
  const [user, system, kilobytes] = readFileSync(cost, 'utf8').trim().split(' ').map(Number);
  for (const file of [pipe, cost, log]) rmSync(file);
  return { cpu: user! + system!, memory: kilobytes! * 1024, stats: JSON.parse(output) as Outcome['stats'] };
}
