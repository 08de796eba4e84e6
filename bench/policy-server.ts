/**
 * How many logins a policy server decides about, and how long that takes.
 *
 *     npx tsx bench/policy-server.ts                            the server alone, with a decider that lets everybody pass
 *     npx tsx bench/policy-server.ts CONFIG PORT PASSWORD       the real command with that file, which listens on that port; after `npm run build`: it runs dist/
 *
 * First as fast as it goes, then at a fixed rate, over 20 connections, as Dovecot's auth process keeps them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ask, type Load, percentile } from './policy/load.js';
import { Logins } from './policy/logins.js';

const USERS = 100_000;
const FINGERPRINTS = 500;
const CONNECTIONS = 20;
const [config, configuredPort, password = 'measured'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-policy-'));
const server = spawn(process.execPath, await command(), { stdio: ['ignore', 'pipe', 'inherit'] });
server.stdout.resume();
try {
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}`);
  const port = config === undefined ? await printedPort() : await listening(Number(configuredPort));
  const logins = new Logins({ users: USERS, fingerprints: FINGERPRINTS, password });
  const load = { port, connections: CONNECTIONS };
  // Compiled first.
  await ask(logins, { ...load, seconds: 3, rate: null });
  await measured('as fast as it goes', logins, { ...load, seconds: 10, rate: null });
  await measured('7,500 requests/s', logins, { ...load, seconds: 10, rate: 7500 });
} finally {
  await stopped(server);
  rmSync(folder, { recursive: true });
}

async function command(): Promise<string[]> {
  if (config !== undefined) {
    return [fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)), 'policy', '--config', config];
  }
  const file = join(folder, 'server.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('policy/server.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return [file];
}

async function measured(name: string, logins: Logins, load: Load): Promise<void> {
  const before = cpuSeconds();
  const { requests, questions, seconds, latencies } = await ask(logins, load);
  const cpu = cpuSeconds() - before;
  const each = (count: number, by: number) => Math.round(count / by).toLocaleString('en');
  const milliseconds = (share: number) => `${percentile(latencies, share).toFixed(2)} ms`;
  console.log(
    `${name}: ${each(requests, seconds)} requests/s (${each(questions, seconds)} of them questions); a CPU second of the server: ` +
      `${each(requests, cpu)} requests (${each(questions, cpu)}); p50 ${milliseconds(0.5)}, p99 ${milliseconds(0.99)}, longest ${milliseconds(1)}; ${residentMegabytes()} MB`,
  );
}

/** User and system time of the server, all its threads. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMegabytes(): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'latin1'))?.[1]) / 1024);
}

async function printedPort(): Promise<number> {
  const [chunk] = await once(server.stdout, 'data');
  return Number(String(chunk));
}

async function listening(port: number): Promise<number> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const socket = connect({ port, host: '127.0.0.1' });
    const isThere = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
