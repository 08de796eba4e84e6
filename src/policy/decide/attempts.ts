import type { PolicyLogin } from '../login.js';
import { MAX_ATTEMPT_AGE, MAX_ATTEMPTS } from './limits.js';
import type { Decision } from './options.js';

/** A login that was asked about, and whose report may come. */
export interface Attempt {
  /** As it was told first. */
  readonly login: PolicyLogin;
  readonly userKey: string | null;
  /** What weighs most of what was said. */
  readonly decision: Decision;
}

interface Remembered {
  attempt: Attempt;
  /** Milliseconds of our own clock. */
  readonly since: number;
}

/** Attempts between their questions and their report, in the order of the first question: so many, and for so long. */
export class Attempts {
  readonly #attempts = new Map<string, Remembered>();

  /** @returns the attempt that was asked about before and not reported yet; null where this is the first question */
  find(key: string): Attempt | null {
    return this.#attempts.get(key)?.attempt ?? null;
  }

  /** @param now milliseconds. An attempt that is there already keeps its age */
  remember(key: string, attempt: Attempt, now: number): void {
    const known = this.#attempts.get(key);
    if (known === undefined) this.#attempts.set(key, { attempt, since: now });
    else known.attempt = attempt;
  }

  /** Its report has come. */
  take(key: string): Attempt | null {
    const attempt = this.find(key);
    this.#attempts.delete(key);
    return attempt;
  }

  /** Takes out those beyond the number and the age that are kept, the oldest first. A clock that is set back lets them wait longer, never without bound. */
  *forgotten(now: number): Generator<Attempt> {
    for (const [key, { attempt, since }] of this.#attempts) {
      if (this.#attempts.size <= MAX_ATTEMPTS && now - since < MAX_ATTEMPT_AGE) return;
      this.#attempts.delete(key);
      yield attempt;
    }
  }

  /** Takes out all. */
  *all(): Generator<Attempt> {
    for (const [key, { attempt }] of this.#attempts) {
      this.#attempts.delete(key);
      yield attempt;
    }
  }
}

/** The same for the questions and the report of one attempt. Where the server names no connection, whoever comes from one address with one client as one user is taken for one. */
export function attemptKey({ session, remote, client }: PolicyLogin, userKey: string | null): string {
  const connection = session === null ? `${remote ?? ''} ${client.device ?? ''}` : `= ${session}`;
  return `${userKey ?? ''} ${connection}`;
}
