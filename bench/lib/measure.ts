import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one run of a whole process cost. */
export interface Cost {
  /** User and system seconds of the process and its children. */
  cpu: number;
  /** Seconds from start to end. */
  wall: number;
  /** Largest resident set, in bytes. */
  memory: number;
}

export interface Run {
  cost: Cost;
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command under GNU time, its output going to a file as in daily use (a pipe would make the reader part of the measurement).
 *
 * @param scratch folder for the output and the measurement
 * @throws Error where the command or /usr/bin/time cannot be started
 */
export function measure(command: readonly string[], scratch: string): Run {
  const [cost, out, err] = ['cost', 'stdout', 'stderr'].map((name) => join(scratch, name)) as [string, string, string];
  const [stdout, stderr] = [openSync(out, 'w'), openSync(err, 'w')];
  const run = spawnSync('/usr/bin/time', ['--quiet', '-o', cost, '-f', '%U %S %e %M', ...command], {
    stdio: ['ignore', stdout, stderr],
    // labels come with the package, not from this user's database
    env: { ...process.env, XDG_DATA_HOME: scratch },
    cwd: scratch,
  });
  closeSync(stdout);
  closeSync(stderr);
  if (run.error) throw new Error(`/usr/bin/time ${command[0]}: ${run.error.message} (Debian: apt install time)`);
  const [user, system, wall, kilobytes] = readFileSync(cost, 'utf8').trim().split(' ').map(Number);
  return {
    cost: { cpu: user! + system!, wall: wall!, memory: kilobytes! * 1024 },
    status: run.status ?? -1,
    stdout: readFileSync(out, 'utf8'),
    stderr: readFileSync(err, 'utf8'),
  };
}

/** Member by member. */
export function medianCost(costs: readonly Cost[]): Cost {
  const middle = (read: (cost: Cost) => number) => median(costs.map(read));
  return { cpu: middle((c) => c.cpu), wall: middle((c) => c.wall), memory: middle((c) => c.memory) };
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
