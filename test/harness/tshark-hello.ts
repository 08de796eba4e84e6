import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsharkFields, tsharkIsThere } from './tshark.js';

export const tsharkCanReadBytes = tsharkIsThere && spawnSync('text2pcap', ['--version']).status === 0;

/** What tshark makes of these bytes as the first of a TCP connection to port 443. */
export function tsharkJa3(bytes: Uint8Array): { string: string; hash: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
  try {
    const file = join(folder, 'hello.pcapng');
    const hex = Buffer.from(bytes).toString('hex').replace(/../g, ' $&');
    spawnSync('text2pcap', ['-q', '-T', '40000,443', '-', file], { input: `000000${hex}\n` });
    const fields = ['tls.handshake.ja3_full', 'tls.handshake.ja3'];
    const [found] = tsharkFields(readFileSync(file), 'tls.handshake.type == 1', fields);
    return { string: found![0]!, hash: found![1]! };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
