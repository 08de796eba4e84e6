import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LineSink } from '../../../../src/login/write/sink.js';
import { temporaryFolder } from '../../store/folder.js';
import { mayMount, smallDisk } from '../../store/small-disk.js';

const MAY_MOUNT = mayMount();
const FULL = existsSync('/dev/full');
const LINE = `${'x'.repeat(999)}\n`;

/** A sink that is closed with the test, and what it told. */
function sinkOn(file: string): { sink: LineSink; recovered: number[]; failed: string[] } {
  const recovered: number[] = [];
  const failed: string[] = [];
  const sink = new LineSink(
    { file },
    (lost) => recovered.push(lost),
    (code) => failed.push(code),
  );
  onTestFinished(() => void sink.close());
  return { sink, recovered, failed };
}

describe('where lines cannot be written', () => {
  it.skipIf(!FULL)('they wait up to a limit, are counted beyond it, and nothing is thrown (needs /dev/full)', () => {
    const { sink, recovered, failed } = sinkOn('/dev/full');
    expect(sink.failing).toBe(false);
    for (let i = 0; i < 3_000; i++) sink.write(LINE);
    expect(sink.failing).toBe(true);
    // Told once, when it began.
    expect(failed).toEqual(['ENOSPC']);
    expect(recovered).toEqual([]);
    // 2 MiB of them waited; all are lost at the end.
    expect(sink.close()).toBe(3_000);
  });

  it.skipIf(!FULL)(
    'those that waited are written once there is a place, in order; what had no room is counted (needs /dev/full)',
    () => {
      const file = join(temporaryFolder(), 'log');
      symlinkSync('/dev/full', file);
      const { sink, recovered } = sinkOn(file);
      for (let i = 0; i < 2_500; i++) sink.write(`${String(i).padStart(999, ' ')}\n`);
      expect(recovered).toEqual([]);
      unlinkSync(file);
      sink.reopen();
      expect(sink.failing).toBe(false);
      sink.write('behind\n');
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      expect(lines.pop()).toBe('behind');
      expect(lines.map(Number)).toEqual(lines.map((_, i) => i));
      // 2 MiB waited.
      expect(lines).toHaveLength(2_097);
      expect(recovered).toEqual([2_500 - 2_097]);
    },
  );

  it.skipIf(!MAY_MOUNT)('a full disk costs no line, and leaves a torn one in front at most (needs root)', async () => {
    const disk = smallDisk();
    const file = join(disk, 'login.log');
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(600_000));
    const { sink, recovered } = sinkOn(file);
    const lines = Array.from({ length: 900 }, (_, i) => `{"n":${i},"text":"${'x'.repeat(1_000)}"}\n`);
    for (const line of lines) sink.write(line);
    expect(sink.failing).toBe(true);
    rmSync(ballast);
    await vi.waitFor(() => expect(sink.failing).toBe(false), { timeout: 30_000, interval: 20 });
    expect(recovered).toEqual([0]);
    const whole = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('"}'))
      .map((line) => `${line}\n`);
    expect(whole).toEqual(lines);
    sink.close();
  });

  it('a log whose folder is gone goes on in the file that was open, and says so', () => {
    const folder = join(temporaryFolder(), 'logs');
    mkdirSync(folder);
    const file = join(folder, 'login.log');
    const { sink } = sinkOn(file);
    sink.write('one\n');
    const moved = `${folder}.old`;
    renameSync(folder, moved);
    expect(() => sink.reopen()).toThrow(expect.objectContaining({ code: 'log_unwritable' }));
    sink.write('two\n');
    expect(readFileSync(join(moved, 'login.log'), 'utf8')).toBe('one\ntwo\n');
    expect(sink.failing).toBe(false);
  });
});

describe('standard output as a pipe', () => {
  it('does not hold up the process while nobody reads, and gives every line later', async () => {
    const script = fileURLToPath(new URL('pipe-writer.ts', import.meta.url));
    // The reader begins when its third descriptor ends.
    const child = spawn(
      'sh',
      ['-c', '"$@" 3<&- | { cat <&3 >/dev/null; exec cat; }', 'sh', process.execPath, '--import', 'tsx', script],
      { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    let said = '';
    child.stdout!.setEncoding('utf8').on('data', (more: string) => (text += more));
    child.stderr!.setEncoding('utf8').on('data', (more: string) => (said += more));
    const closed = once(child, 'close');
    await vi.waitFor(() => expect(said).toContain('written while nobody reads: failing true'), { timeout: 60_000 });
    expect(text).toBe('');
    (child.stdio[3] as NodeJS.WritableStream).end();
    await closed;
    expect(said).toContain('recovered, lost 0');
    const numbers = text.split('\n').filter((line) => /^\d+ x+\.$/.test(line));
    expect(numbers.map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  it('is no reason to end where its reader is gone', () => {
    const script = fileURLToPath(new URL('pipe-writer.ts', import.meta.url));
    const said = execFileSync(
      'sh',
      ['-c', '{ "$@" 2>&3 | true; } 3>&1', 'sh', process.execPath, '--import', 'tsx', script, 'briefly'],
      { encoding: 'utf8' },
    );
    expect(said).toContain('failing true');
    expect(said).toContain('never written: 500');
  });
});
