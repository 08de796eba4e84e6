import type { LoginOutcome, Recognition, Timestamp } from '../../model/index.js';
import { SUMMARY_FINGERPRINTS, SUMMARY_USERS } from '../limits.js';
import { type LoginRow, shownFingerprint } from './row.js';

/** A number of different values. */
export interface Distinct {
  readonly count: number;
  /** There may be more: not all were told apart. */
  readonly more: boolean;
}

/** The logins of one client, that is of one fingerprint. */
export interface LoginGroup {
  /** null: those without a fingerprint; with `others`: those whose fingerprint came after the limit. */
  readonly fingerprint: string | null;
  readonly others: boolean;
  readonly recognition: Recognition | null;
  readonly outcomes: Readonly<Record<LoginOutcome, number>>;
  readonly users: Distinct;
  readonly addresses: Distinct;
  readonly first: Timestamp;
  readonly last: Timestamp;
}

interface Group {
  fingerprint: string | null;
  others: boolean;
  recognition: Recognition | null;
  outcomes: Record<LoginOutcome, number>;
  users: Set<string>;
  addresses: Set<string>;
  moreUsers: boolean;
  moreAddresses: boolean;
  first: Timestamp;
  last: Timestamp;
}

const earlier = (a: Timestamp, b: Timestamp): boolean =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);

/** Groups logins by their fingerprint, in memory that the named limits bound. */
export class LoginSummary {
  readonly #groups = new Map<string, Group>();
  #others: Group | null = null;
  /** Names and addresses kept, of all groups. */
  #kept = 0;

  add(row: LoginRow): void {
    const { login } = row;
    const group = this.#groupOf(row);
    group.outcomes[login.outcome]++;
    if (earlier(login.time, group.first)) group.first = login.time;
    if (earlier(group.last, login.time)) group.last = login.time;
    if (login.user !== null && !this.#keep(group.users, login.user)) group.moreUsers = true;
    if (login.remote !== null && !this.#keep(group.addresses, login.remote.ip)) group.moreAddresses = true;
  }

  /** Most frequent first; the logins beyond the limit, where there are any, last. */
  groups(): LoginGroup[] {
    const total = ({ outcomes }: Group): number => Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    const sorted = [...this.#groups.values()].sort((a, b) => total(b) - total(a));
    if (this.#others !== null) sorted.push(this.#others);
    return sorted.map((group) => ({
      ...group,
      users: { count: group.users.size, more: group.moreUsers },
      addresses: { count: group.addresses.size, more: group.moreAddresses },
    }));
  }

  /** @returns false where the limit keeps a new value out */
  #keep(values: Set<string>, value: string): boolean {
    if (values.has(value)) return true;
    if (this.#kept >= SUMMARY_USERS) return false;
    this.#kept++;
    values.add(value);
    return true;
  }

  #groupOf(row: LoginRow): Group {
    const fingerprint = shownFingerprint(row.login);
    const key = fingerprint ?? '';
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= SUMMARY_FINGERPRINTS) {
      this.#others ??= newGroup(null, row, true);
      return this.#others;
    }
    const group = newGroup(fingerprint, row, false);
    this.#groups.set(key, group);
    return group;
  }
}

function newGroup(fingerprint: string | null, { login, recognition }: LoginRow, others: boolean): Group {
  return {
    fingerprint,
    others,
    recognition: others ? null : recognition,
    outcomes: { succeeded: 0, failed: 0, refused: 0, none: 0 },
    users: new Set(),
    addresses: new Set(),
    moreUsers: false,
    moreAddresses: false,
    first: login.time,
    last: login.time,
  };
}
