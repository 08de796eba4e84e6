/**
 * What the socket hook costs a TLS server: processor time (user and system) per full TLS 1.3 handshake, RSA-2048, beside a bare server's in the same run.
 *
 *     npm run bench:hook [-- ROUNDS HANDSHAKES]        default: 15 rounds of 400 for each server
 *
 * The servers are processes of their own and take turns, in an order that changes with each round; a round's ratio is its own bare server's.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { median } from './lib/measure.js';
import { machine, table } from './lib/section.js';

/** The second bare one shows how far chance alone goes. */
const KINDS = ['bare', 'bare, once more', 'hook', 'hook, values read', 'through a stream'] as const;
type Kind = (typeof KINDS)[number];
const AT_A_TIME = 4;

const [rounds = 15, handshakes = 400] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-'));
const servers: ChildProcess[] = [];

try {
  const names = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'), '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...names], { stdio: 'ignore' });
  const program = join(folder, 'hook-server.mjs');
  const source = fileURLToPath(new URL('lib/hook-server.ts', import.meta.url));
  await build({ entryPoints: [source], outfile: program, bundle: true, format: 'esm', platform: 'node' });

  const running = new Map<Kind, { server: ChildProcess; port: number }>();
  for (const kind of KINDS) {
    const server = fork(program, [kind.replace(', once more', ''), folder]);
    servers.push(server);
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    running.set(kind, { server, port });
  }

  /** Microseconds of the server's processor time per handshake. */
  const cost = async (kind: Kind, count: number): Promise<number> => {
    const { server, port } = running.get(kind)!;
    const before = await cpuOf(server);
    await Promise.all(Array.from({ length: AT_A_TIME }, () => shakeHands(port, count / AT_A_TIME)));
    return ((await cpuOf(server)) - before) / count;
  };

  for (const kind of KINDS) await cost(kind, 4000); // until V8 has compiled what is hot
  const costs = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    const order = KINDS.map((_, i) => KINDS[(i + round) % KINDS.length]!);
    // Every other time backwards, so that nobody always follows the same one.
    if (round % 2 === 1) order.reverse();
    for (const kind of order) costs.get(kind)!.push(await cost(kind, handshakes));
  }

  const bare = costs.get('bare')!;
  const rows = KINDS.map((kind) => {
    const ratios = costs.get(kind)!.map((value, i) => value / bare[i]!);
    const quartiles = [0.25, 0.75].map((q) => ratios.toSorted((a, b) => a - b)[Math.floor(q * (rounds - 1))]!);
    const micros = median(costs.get(kind)!);
    return [
      kind,
      micros.toFixed(0),
      median(ratios).toFixed(3),
      quartiles.map((value) => value.toFixed(3)).join(' to '),
    ];
  });
  console.log(`${machine()}; ${rounds} rounds of ${handshakes} handshakes, medians\n`);
  console.log(table(['server', 'µs per handshake', 'of a bare server', 'middle half'], rows));
} finally {
  for (const server of servers) server.kill();
  rmSync(folder, { recursive: true });
}

async function cpuOf(server: ChildProcess): Promise<number> {
  const answer = once(server, 'message');
  server.send('cpu');
  return ((await answer) as [{ cpu: number }])[0].cpu;
}

async function shakeHands(port: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
    socket.resume();
    await once(socket, 'close');
  }
}
