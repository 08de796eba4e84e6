import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const tsharkIsThere = spawnSync('tshark', ['--version']).status === 0;
export const TSHARK_ABSENT = 'skipped where tshark is not installed';

/** Values of these fields in every packet that `filter` lets through; a field that occurs several times gives its last occurrence. */
export function tsharkFields(file: Uint8Array, filter: string, fields: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
  try {
    const path = join(folder, 'capture');
    writeFileSync(path, file);
    const out = execFileSync(
      'tshark',
      ['-n', '-r', path, '-Y', filter, '-T', 'fields', '-E', 'occurrence=l', ...fields.flatMap((name) => ['-e', name])],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return out.split('\n').flatMap((row) => (row === '' ? [] : [row.split('\t')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
