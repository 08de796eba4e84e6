/**
 * Writes one of the three workloads that speed is measured on, out of the real logins in samples/:
 *
 *     npx tsx bench/generate-workload.ts dense|mixed|small OUT.pcap BYTES
 *
 * - dense: logins back to back, 16 interleaved;
 * - mixed: 200 downloads under 2 % handshake packets;
 * - small: DNS, acknowledgements and voice under 1 % handshake packets.
 *
 * In each, 30 % of the hellos are split over two segments (a post-quantum key share is added to them), and 10 % of those that need no STARTTLS come on
 * ports that say nothing of TLS. All is IPv4 over Ethernet. OUT.pcap.truth.json says what is in it: {kind, bytes, packets, hellos, splits, ja3Hashes}.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadHandshakes } from './lib/handshakes.js';
import { WORKLOADS, type WorkloadKind, writeWorkload } from './lib/workloads.js';

const [kind, path, bytes] = process.argv.slice(2);
if (!WORKLOADS.includes(kind as WorkloadKind) || !path || !(Number(bytes) > 0)) {
  console.error('usage: generate-workload.ts dense|mixed|small OUT.pcap BYTES');
  process.exit(2);
}
const samples = fileURLToPath(new URL('../samples', import.meta.url));
const truth = writeWorkload(kind as WorkloadKind, path, Number(bytes), loadHandshakes(samples));
writeFileSync(`${path}.truth.json`, `${JSON.stringify(truth)}\n`);
console.log(JSON.stringify(truth));
