import type { PolicyNotices } from '../client/options.js';
import { NOTICE_INTERVAL } from './limits.js';

/** Tells the operator what goes wrong: of each kind at once, and then at most once in a while, with how often it has happened since. */
export class ServerComplaints {
  readonly #notices: PolicyNotices;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { told: number; since: number }>();

  constructor(notices: PolicyNotices, now: () => number) {
    this.#notices = notices;
    this.#now = now;
  }

  /** @param kind one of few @param details never with what a client typed */
  about(kind: string, message: string, details: Readonly<Record<string, unknown>>): void {
    const now = this.#now();
    const before = this.#kinds.get(kind);
    const since = (before?.since ?? 0) + 1;
    if (before !== undefined && now - before.told < NOTICE_INTERVAL) {
      before.since = since;
      return;
    }
    this.#kinds.set(kind, { told: now, since: 0 });
    this.#notices.warn(message, { times: since, ...details });
  }
}
