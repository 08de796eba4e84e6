import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Truth } from './workloads.js';

/** A program that reads captures. */
export interface Contender {
  name: string;
  command: (capture: string) => string[];
  /** null: right, or not asked. Otherwise what is wrong with its output. */
  verify: ((stdout: string, truth: Truth) => string | null) | null;
  /** How many hellos it found, where its output says so. */
  hellos: ((stdout: string) => number) | null;
  /** It runs on a workload of this part of the size, and its figures are multiplied: for the slow ones. */
  part: 1 | 0.1;
}

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const baseline = fileURLToPath(new URL('pcap-parser-baseline.mjs', import.meta.url));
const bareLoop = fileURLToPath(new URL('bare-loop.mjs', import.meta.url));
const FIELDS = 'timestamp,src_ip,src_port,dst_ip,dst_port,ja3,ja3_hash';

const ours = (name: string, options: string[]): Contender => ({
  name,
  command: (capture) => [process.execPath, main, 'pcap', '--format', 'ndjson', ...options, capture],
  verify: sameHellos,
  hellos: lines,
  part: 1,
});

const OURS = [ours('ja3-sensor, seven fields', ['--fields', FIELDS]), ours('ja3-sensor, all fields and labels', [])];

const OTHERS: Contender[] = [
  {
    name: 'pcap-parser (counts packets)',
    command: (capture) => [process.execPath, '--no-deprecation', baseline, capture],
    verify: (stdout, truth) =>
      Number(stdout) === truth.packets ? null : `${stdout.trim()} of ${truth.packets} packets`,
    hellos: null,
    part: 1,
  },
  {
    name: 'a bare loop in Node (looks at headers)',
    command: (capture) => [process.execPath, bareLoop, capture],
    verify: (stdout, truth) =>
      Number(stdout.split(' ')[0]) === truth.packets ? null : `${stdout.trim()} of ${truth.packets} packets`,
    hellos: null,
    part: 1,
  },
  {
    name: 'tcpdump -w /dev/null (copies)',
    command: (capture) => ['tcpdump', '-r', capture, '-w', '/dev/null'],
    verify: null,
    hellos: null,
    part: 1,
  },
  {
    name: 'tshark (ja3)',
    command: (capture) =>
      ['tshark', '-n', '-r', capture, '-Y', 'tls.handshake.type == 1', '-T', 'fields', '-e', 'frame.time_epoch'].concat(
        ['ip.src', 'tcp.srcport', 'ip.dst', 'tcp.dstport', 'tls.handshake.ja3_full', 'tls.handshake.ja3'].flatMap(
          (f) => ['-e', f],
        ),
      ),
    verify: null,
    hellos: lines,
    part: 0.1,
  },
  {
    name: 'ndpiReader',
    command: (capture) => ['ndpiReader', '-q', '-i', capture],
    verify: null,
    hellos: null,
    part: 0.1,
  },
  {
    name: 'suricata (ja3)',
    command: (capture) => [
      'suricata',
      '-r',
      capture,
      '-k',
      'none',
      '-l',
      '.',
      '--set',
      'app-layer.protocols.tls.ja3-fingerprints=yes',
    ],
    verify: null,
    hellos: null,
    part: 0.1,
  },
  { name: 'zeek', command: (capture) => ['zeek', '-C', '-r', capture], verify: null, hellos: null, part: 0.1 },
];

/** Ours, and those of the others that are installed. */
export function contenders(): Contender[] {
  const installed = ({ command }: Contender) => spawnSync('which', [command('')[0]!]).status === 0;
  return [...OURS, ...OTHERS.filter(installed)];
}

function lines(stdout: string): number {
  return stdout.split('\n').filter((line) => line !== '').length;
}

/** Every hello once, with its JA3: clients are told apart by address and port, of which no two are alike. */
function sameHellos(stdout: string, truth: Truth): string | null {
  const clients = new Set<string>();
  const hashes = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as { src_ip: string; src_port: number; ja3_hash: string };
    clients.add(`${row.src_ip} ${row.src_port}`);
    hashes.set(row.ja3_hash, (hashes.get(row.ja3_hash) ?? 0) + 1);
  }
  const found = lines(stdout);
  if (found !== truth.hellos || clients.size !== truth.hellos) {
    return `${found} rows for ${clients.size} clients, where ${truth.hellos} hellos are`;
  }
  for (const [hash, count] of Object.entries(truth.ja3Hashes)) {
    if (hashes.get(hash) !== count) return `${hash} ${hashes.get(hash) ?? 0} times, not ${count}`;
  }
  return null;
}
