import type { Draft } from '../draft.js';
import type { Files } from '../load/files.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';
import { accountOf, checkFolder, readable, textOf } from './system.js';

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
