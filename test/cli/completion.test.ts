import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../harness/command.js';

const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

let folder: string;
const scripts = new Map<string, string>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-completion-'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await run(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    const file = join(folder, shell);
    writeFileSync(file, stdout);
    scripts.set(shell, file);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash completes behind these words, the last of which is being typed: as readline asks. */
function bash(...words: string[]): string[] {
  const program = `
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _ja3_sensor
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', program, 'bash', scripts.get('bash')!, 'ja3-sensor', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return out.split('\n').filter((word) => word !== '');
}

describe.skipIf(!isInstalled('bash'))('completion in bash (skipped where it is not installed)', () => {
  it('is registered for the command', () => {
    const out = execFileSync('bash', ['--norc', '-c', `source ${scripts.get('bash')}; complete -p ja3-sensor`]);
    expect(out.toString()).toBe('complete -F _ja3_sensor ja3-sensor\n');
  });

  it('knows every command that the help names', async () => {
    for (const path of [[], ['db'], ['db', 'label']]) {
      const { stdout } = await run([...path, '--help']);
      const named = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) /gm)].map(
        (match) => match[1],
      );
      expect(named.length).toBeGreaterThan(2);
      expect(new Set(bash(...path, ''))).toEqual(new Set(named.filter((name) => name !== 'ja3-sensor')));
    }
  });

  it('knows every option that the help names', async () => {
    for (const path of [['pcap'], ['log'], ['db', 'lookup'], ['db', 'label', 'add'], ['db', 'import']]) {
      const { stdout } = await run([...path, '--help']);
      const options = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('Example'));
      const named = [...options.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) =>
        short === undefined ? [long!] : [short, long!],
      );
      expect(named.length).toBeGreaterThan(3);
      expect(new Set(bash(...path, '-'))).toEqual(new Set(named));
    }
  });

  it.each([
    [['db', 'lo'], ['lookup']],
    [['db', 'label', 'r'], ['remove']],
    [
      ['pcap', '--format', ''],
      ['table', 'ndjson', 'json', 'csv', 'ja3', 'eve'],
    ],
    [['pcap', '--format', '=', 'c'], ['csv']],
    [
      ['pcap', '--format', '='],
      ['table', 'ndjson', 'json', 'csv', 'ja3', 'eve'],
    ],
    [['db', 'label', 'list', '--view', 's'], ['ssl_ja3']],
    [
      ['db', 'export', ''],
      ['labels', 'fingerprints'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    // Numbers and names nobody can guess; and a value that is called as a command is.
    [['db', 'top', '--limit', ''], []],
    [['db', 'search', 'label', ''], []],
    [['pcap', '--database', 'db', '--j'], ['--jobs']],
  ])('completes %j', (words, expected) => {
    expect(bash(...words)).toEqual(expected);
  });

  it('leaves files to readline', () => {
    const program = `
      source "$1"
      compopt() { echo "compopt $*"; }
      for words in "pcap x" "db import x" "db backup x" "pcap --database x" "db lookup x"; do
        COMP_WORDS=(ja3-sensor $words); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        echo "$words: $(_ja3_sensor)"
      done`;
    const out = execFileSync('bash', ['--norc', '-c', program, 'bash', scripts.get('bash')!], { encoding: 'utf8' });
    expect(out.trimEnd().split('\n')).toEqual([
      'pcap x: compopt -o default',
      'db import x: compopt -o default',
      'db backup x: compopt -o default',
      'pcap --database x: compopt -o default',
      'db lookup x:',
    ]);
  });
});

describe('completion', () => {
  for (const shell of ['zsh', 'fish']) {
    it.skipIf(!isInstalled(shell))(`has the syntax of ${shell} (skipped where it is not installed)`, () => {
      const { status, stderr } = spawnSync(shell, ['-n', scripts.get(shell)!], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    });
  }

  it('knows no other shell', async () => {
    const { code, stderr } = await run(['completion', 'tcsh']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
  });
});
