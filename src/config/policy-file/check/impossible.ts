import type { Conditions, CountCondition } from '../../../policy/index.js';
import { fileKeyOf } from '../build-rules.js';

/** Something that cannot be, and the key of the file that it is told at. */
export interface Impossibility {
  readonly key: string;
  readonly why: string;
}

/** What the rest of the file makes impossible. */
export interface Surroundings {
  /** Whether clients are named. */
  readonly names: boolean;
  readonly usersPerCount: number;
}

const NEED_HELLO = ['fingerprint', 'client', 'family', 'kind', 'newClient', 'neverSucceeded'] as const;
const NEED_NAMES = ['client', 'family', 'rung', 'kind', 'contradiction'] as const;

/** Conditions that nothing can ever fit. */
export function* impossibilities(conditions: Conditions, around: Surroundings): Generator<Impossibility> {
  const { hasFingerprint, rung, newClient, neverSucceeded, contradiction, counts = [] } = conditions;
  if (hasFingerprint === false) {
    for (const condition of NEED_HELLO) {
      if (conditions[condition] !== undefined)
        yield { key: fileKeyOf(condition), why: 'needs a hello, and has_fingerprint is no' };
    }
    if (contradiction === true) yield { key: 'contradiction', why: 'needs a hello, and has_fingerprint is no' };
  }
  if (!around.names) {
    for (const condition of NEED_NAMES) {
      if (conditions[condition] !== undefined)
        yield { key: fileKeyOf(condition), why: 'clients are not named (names: no)' };
    }
  }
  if (rung !== undefined) {
    for (const condition of ['client', 'kind'] as const) {
      if (conditions[condition] === undefined || !rung.every((each) => BELOW_CLIENTS.has(each))) continue;
      yield { key: fileKeyOf(condition), why: 'on these rungs an answer names a TLS library and no client' };
    }
    if (conditions.family !== undefined && rung.every((each) => each === 'none')) {
      yield { key: 'family', why: 'on the rung none there is no answer' };
    }
  }
  if (newClient === false && neverSucceeded !== undefined) {
    yield { key: 'never_succeeded', why: 'who has logged in with a client before has succeeded with it' };
  }
  for (const count of counts) {
    const why = tooMany(count, around.usersPerCount);
    if (why !== null) yield { key: count.count, why };
  }
}

const BELOW_CLIENTS: ReadonlySet<string> = new Set(['stack', 'nearest', 'none']);

function tooMany({ count, per, atLeast }: CountCondition, usersPerCount: number): string | null {
  if (count !== 'users' && count !== 'failed_users') return null;
  if (per.includes('user') && atLeast > 1) return `${count} for one user is never more than 1`;
  if (atLeast > usersPerCount) return `${count} stands still at ${usersPerCount} (history.users_per_count)`;
  return null;
}
