import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { median } from './measure.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Wall time of a command, in milliseconds. */
function once(command: readonly string[]): number {
  const [program, ...args] = command;
  const start = performance.now();
  const { status } = spawnSync(program!, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}`);
  return performance.now() - start;
}

/**
 * What a user waits for when there is next to nothing to do: medians of interleaved runs. The command as it is shipped, and the same modules as the
 * compiler leaves them, not bundled (docs/decisions/0007).
 */
export function startup(rounds: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-bench-start-'));
  try {
    const compiler = join(root, 'node_modules/.bin/tsc');
    const build = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')];
    if (spawnSync(compiler, build).status !== 0) throw new Error('the sources do not compile');
    for (const needed of ['package.json', 'db']) cpSync(join(root, needed), join(folder, needed), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const capture = join(root, 'samples/imaps/imaps.pcapng');
    const shipped = join(root, 'dist/cli/main.js');
    const loose = join(folder, 'dist/cli/main.js');
    const commands: readonly (readonly [string, readonly string[]])[] = [
      ['node -e 0', ['-e', '0']],
      ['ja3-sensor --version', [shipped, '--version']],
      ['ja3-sensor pcap of 6 logins', [shipped, 'pcap', capture]],
      ['the same, not bundled', [loose, 'pcap', capture]],
    ];
    const times = commands.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, [, args]] of commands.entries()) times[i]!.push(once([process.execPath, ...args]));
    }
    const bare = median(times[0]!);
    const rows = commands.map(([name], i) => {
      const wall = median(times[i]!);
      return `| ${name} | ${wall.toFixed(0)} | ${i === 0 ? '' : `+${(wall - bare).toFixed(0)}`} |`;
    });
    return `## Start: medians of ${rounds} interleaved runs

| command | wall ms | beyond node |
|---|---|---|
${rows.join('\n')}
`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
