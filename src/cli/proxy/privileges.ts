import { readFileSync } from 'node:fs';
import { UsageError } from '../exit-codes.js';

/** Whom to become, by name or number. */
export interface Account {
  readonly user: string;
  /** null: the user's own. */
  readonly group: string | null;
}

/**
 * Becomes another user for good: groups first, as a user who has let go of root can change none.
 *
 * @throws UsageError where this process may not, or the names are unknown
 */
export function dropPrivileges({ user, group }: Account): void {
  // Windows has none of them.
  if (process.geteuid?.() !== 0) {
    throw new UsageError(`user: only root can become ${user}: leave it out, or start as root`);
  }
  try {
    const to = group ?? groupOf(user);
    initgroups(user, to);
    process.setgid!(to);
    process.setuid!(user);
  } catch (error) {
    throw new UsageError(`user: cannot become ${user}: ${(error as Error).message}`);
  }
}

/** Missing in the types of Node. */
type Initgroups = (this: void, user: string, extraGroup: string | number) => void;
const { initgroups } = process as unknown as { readonly initgroups: Initgroups };

/** A user's own group, from the account database. */
function groupOf(user: string): string | number {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (gid !== undefined && (name === user || uid === user)) return Number(gid);
  }
  throw new Error('no such user');
}
