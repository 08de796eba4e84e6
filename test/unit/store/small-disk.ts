import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './folder.js';

/** A file system of its own, of one mebibyte, that is there until the running test is over. */
export function smallDisk(): string {
  const folder = temporaryFolder();
  mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  // Finished hooks run last to first: this one before the folder goes.
  onTestFinished(() => unmount(folder));
  return folder;
}

export function makeReadOnly(disk: string): void {
  mount('-o', 'remount,ro', disk);
}

/** Whether this process may mount: root may, in most places. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-mount-'));
  try {
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mount(...parameters: string[]): void {
  execFileSync('mount', parameters, { stdio: 'pipe' });
}

/** Lazily: a thread that has just ended may hold a file there for a moment longer. */
function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
}
