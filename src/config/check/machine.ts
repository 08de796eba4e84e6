import { readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Draft } from '../draft.js';
import type { Files } from '../load/files.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';

interface Account {
  readonly uid: number;
  readonly gids: ReadonlySet<number>;
}

/** What a start on this machine would fail at, and a later SIGHUP: the account, the log's folder, keys that the account cannot read. */
export function checkMachine({ root, listeners }: Draft, files: Files, report: Report): void {
  const { log, login_log, user, group } = root;
  checkFiles(root.limits?.connections, report);
  checkFolder(['log'], log, files, report);
  checkFolder(['login_log', 'to'], login_log?.to, files, report);
  if (user === undefined) return;
  const account = accountOf(user);
  if (account === null) {
    // With a group the system is asked at the start, and may know more than its file.
    if (group === undefined) report.error(['user'], 'there is no such user on this machine');
    return;
  }
  const lists: [KeyPath, typeof root.certificates][] = [
    [['certificates'], root.certificates],
    ...listeners.map((entry, i): [KeyPath, typeof root.certificates] => [
      ['listeners', i, 'certificates'],
      entry?.certificates,
    ]),
  ];
  for (const [path, certificates] of lists) {
    for (const [i, entry] of certificates?.entries() ?? []) {
      const file = files.resolve(entry.key ?? entry.chain);
      if (readable(file, account)) continue;
      const message = `${file}: ${user} cannot read it, so SIGHUP could take on neither a new certificate nor anything else`;
      report.warning([...path, i, entry.key === undefined ? 'chain' : 'key'], message);
    }
  }
}

/** Two sockets for each connection must be among the files a process may have open. Node takes as many as the system lets it. */
function checkFiles(connections: number | undefined, report: Report): void {
  const [, allowed] = /^Max open files\s+\S+\s+(\d+)/m.exec(textOf('/proc/self/limits')) ?? [];
  if (connections === undefined || allowed === undefined || 2 * connections <= Number(allowed)) return;
  report.warning(
    ['limits', 'connections'],
    `so many need twice as many open files, and ${allowed} are allowed here (ulimit -Hn, LimitNOFILE= of systemd)`,
  );
}

function checkFolder(path: KeyPath, target: string | undefined, files: Files, report: Report): void {
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

function accountOf(user: string): Account | null {
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
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** By its mode and its folders'; access lists are not looked at, nor the folders behind links. What cannot be seen counts as readable. */
function readable(file: string, account: Account): boolean {
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
