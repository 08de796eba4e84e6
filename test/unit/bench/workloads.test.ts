import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadHandshakes } from '../../../bench/lib/handshakes.js';
import { WORKLOADS, writeWorkload } from '../../../bench/lib/workloads.js';

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-workloads-'));
afterAll(() => rmSync(folder, { recursive: true }));
const handshakes = loadHandshakes(fileURLToPath(new URL('../../../samples', import.meta.url)));
const tshark = spawnSync('tshark', ['--version']).status === 0;
const BYTES = 3_000_000;

describe('workloads', () => {
  it.each(WORKLOADS)('%s: the same bytes every time, as long as asked for', (kind) => {
    const [first, second] = [join(folder, 'first.pcap'), join(folder, 'second.pcap')];
    const truth = writeWorkload(kind, first, BYTES, handshakes);
    expect(writeWorkload(kind, second, BYTES, handshakes)).toEqual(truth);
    const bytes = readFileSync(first);
    expect(bytes.equals(readFileSync(second))).toBe(true);
    expect(bytes.length).toBe(truth.bytes);
    expect(truth.bytes).toBeGreaterThanOrEqual(BYTES);
    expect(truth.splits).toBeGreaterThan(0);
  });

  for (const kind of WORKLOADS) {
    it.skipIf(!tshark)(
      `${kind}: tshark finds what the truth says, and no wrong checksum (skipped without tshark)`,
      () => {
        const path = join(folder, `${kind}.pcap`);
        const truth = writeWorkload(kind, path, BYTES, handshakes);
        const ask = (filter: string, field: string) =>
          execFileSync(
            'tshark',
            ['-n', '-r', path, '-o', 'tcp.reassemble_out_of_order:TRUE', '-o', 'tcp.check_checksum:TRUE'].concat([
              '-o',
              'ip.check_checksum:TRUE',
              '-Y',
              filter,
              '-T',
              'fields',
              '-e',
              field,
            ]),
            { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
          )
            .split('\n')
            .filter((line) => line !== '');
        const hashes: Record<string, number> = {};
        for (const hash of ask('tls.handshake.type == 1', 'tls.handshake.ja3')) hashes[hash] = (hashes[hash] ?? 0) + 1;
        expect(hashes).toEqual(truth.ja3Hashes);
        expect(ask('tcp.checksum.status == 0 || ip.checksum.status == 0', 'frame.number')).toEqual([]);
        const streams = ask('tls.handshake.type == 1', 'tcp.stream');
        expect(new Set(streams).size).toBe(truth.hellos);
      },
    );
  }
});
