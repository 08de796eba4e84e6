import { accountOf, checkFolder, readable } from '../../check/system.js';
import type { Files } from '../../load/files.js';
import type { KeyPath } from '../../problems.js';
import type { Report } from '../../report.js';
import type { PolicyDraft } from '../draft.js';

/** What a start on this machine would fail at, and a later SIGHUP: the account, folders, and files that the account cannot read. */
export function checkPolicyMachine({ root }: PolicyDraft, files: Files, report: Report): void {
  const { log, database, user, group, tls, ask, manage } = root;
  checkFolder(['log'], log, files, report);
  checkFolder(['database'], database, files, report);
  if (user === undefined) return;
  const account = accountOf(user);
  if (account === null) {
    // With a group the system is asked at the start, and may know more than its file.
    if (group === undefined) report.error(['user'], 'there is no such user on this machine');
    return;
  }
  const read: readonly (readonly [KeyPath, string | undefined])[] = [
    [['tls', tls?.key === undefined ? 'chain' : 'key'], tls?.key ?? tls?.chain],
    [['ask', 'password_file'], ask?.password_file],
    [['ask', 'api_key_file'], ask?.api_key_file],
    [['manage', 'password_file'], manage?.password_file],
    [['manage', 'api_key_file'], manage?.api_key_file],
  ];
  for (const [path, name] of read) {
    if (name === undefined || readable(files.resolve(name), account)) continue;
    report.warning(path, `${files.resolve(name)}: ${user} cannot read it, so SIGHUP could take on nothing new`);
  }
}
