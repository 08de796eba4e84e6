import { readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Files } from '../load/files.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';

/** A user of the system. */
export interface Account {
  readonly uid: number;
  readonly gids: ReadonlySet<number>;
}

/** The folder of a file that will be written must be there. */
export function checkFolder(path: KeyPath, target: string | undefined, files: Files, report: Report): void {
  if (target === undefined || ['stderr', 'stdout', 'journal'].includes(target)) return;
  const folder = dirname(files.resolve(target));
  if (!isFolder(folder)) report.error(path, `${folder}: there is no such folder`);
}

function isFolder(path: string): boolean {
  const stats = statOf(path);
  return stats === 'hidden' || stats?.isDirectory() === true;
}

/** Of what a link leads to. null: there is none; `hidden`: whoever checks may not look. */
function statOf(path: string): Stats | 'hidden' | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return 'hidden';
  }
}

/** @returns null where this machine's own file has none */
export function accountOf(user: string): Account | null {
  const found = fieldsOf('/etc/passwd').find(([name, , uid]) => name === user || uid === user);
  if (found === undefined) return null;
  const groups = fieldsOf('/etc/group').filter(([, , , members]) => members?.split(',').includes(found[0]!));
  return { uid: Number(found[2]), gids: new Set([found[3], ...groups.map(([, , gid]) => gid)].map(Number)) };
}

function fieldsOf(file: string): string[][] {
  return textOf(file)
    .split('\n')
    .map((line) => line.split(':'));
}

/** Empty where it cannot be read, or is not there. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** By its mode and its folders'; access lists are not looked at, nor the folders behind links. What cannot be seen counts as readable. */
export function readable(file: string, account: Account): boolean {
  if (!may(file, account, 4)) return false;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (!may(folder, account, 1)) return false;
  }
  return true;
}

function may(path: string, account: Account, bit: number): boolean {
  const stats = statOf(path);
  if (stats === null || stats === 'hidden' || account.uid === 0) return true;
  if (stats.uid === account.uid) return (stats.mode & (bit << 6)) !== 0;
  return (stats.mode & (account.gids.has(stats.gid) ? bit << 3 : bit)) !== 0;
}
