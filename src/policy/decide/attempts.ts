import type { PolicyLogin } from '../login.js';
import { MAX_ATTEMPT_AGE, MAX_ATTEMPT_TEXT, MAX_ATTEMPTS } from './limits.js';
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
  /** Characters of all of them. */
  #text = 0;

  /** @returns the attempt that was asked about before and not reported yet; null where this is the first question */
  find(key: string): Attempt | null {
    return this.#attempts.get(key)?.attempt ?? null;
  }

  /** @param now milliseconds. An attempt that is there already keeps its age */
  remember(key: string, attempt: Attempt, now: number): void {
    const known = this.#attempts.get(key);
    if (known !== undefined) {
      known.attempt = attempt;
      return;
    }
    this.#attempts.set(key, { attempt, since: now });
    this.#text += textOf(attempt);
  }

  /** Its report has come. */
  take(key: string): Attempt | null {
    const attempt = this.find(key);
    if (attempt !== null) this.#remove(key, attempt);
    return attempt;
  }

  /** Whether {@link forgotten} has any: asked with every login, and mostly not so. */
  areForgotten(now: number): boolean {
    if (this.#attempts.size > MAX_ATTEMPTS || this.#text > MAX_ATTEMPT_TEXT) return true;
    const oldest = this.#attempts.values().next().value;
    return oldest !== undefined && now - oldest.since >= MAX_ATTEMPT_AGE;
  }

  /** Takes out those beyond the number, the text and the age that are kept, the oldest first. A clock that is set back lets them wait longer, never without bound. */
  *forgotten(now: number): Generator<Attempt> {
    for (const [key, { attempt, since }] of this.#attempts) {
      const hasRoom = this.#attempts.size <= MAX_ATTEMPTS && this.#text <= MAX_ATTEMPT_TEXT;
      if (hasRoom && now - since < MAX_ATTEMPT_AGE) return;
      this.#remove(key, attempt);
      yield attempt;
    }
  }

  /** Takes out all. */
  *all(): Generator<Attempt> {
    for (const [key, { attempt }] of this.#attempts) {
      this.#remove(key, attempt);
      yield attempt;
    }
  }

  #remove(key: string, attempt: Attempt): void {
    this.#attempts.delete(key);
    this.#text -= textOf(attempt);
  }
}

/** Of what may be long: everything else is some hundred characters. The login is what it was when it was remembered. */
function textOf({ login: { views } }: Attempt): number {
  return [views.ja3, views.ja3n, views.sslJa3].reduce((sum, view) => sum + (view?.string?.length ?? 0), 0);
}

/** The same for the questions and the report of one attempt. Where the server names no connection, whoever comes from one address with one client as one user is taken for one. */
export function attemptKey({ session, remote, client }: PolicyLogin, userKey: string | null): string {
  const connection = session === null ? `${remote ?? ''} ${client.device ?? ''}` : `= ${session}`;
  return `${userKey ?? ''} ${connection}`;
}
