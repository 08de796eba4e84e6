import type { SensorError } from '../../errors.js';
import { NOTICE_INTERVAL } from './limits.js';
import type { PolicyNotices } from './options.js';

/** Tells the operator what goes wrong: of each kind at once, and then at most once in a while, with how often it has happened since. */
export class Complaints {
  readonly #notices: PolicyNotices;
  readonly #server: string;
  readonly #now: () => number;
  readonly #kinds = new Map<string, { told: number; since: number }>();

  /** @param server as it may be shown */
  constructor(notices: PolicyNotices, server: string, now: () => number) {
    this.#notices = notices;
    this.#server = server;
    this.#now = now;
  }

  /** A question or a report that came to nothing. Kinds are error codes: there are few. */
  failed({ code, field, message }: SensorError): void {
    this.#ration(code, 'the policy server did not answer as it should', { code, field, what: message });
  }

  opened(seconds: number): void {
    this.#notices.warn('the policy server is left alone for a while', { server: this.#server, seconds });
  }

  closed(): void {
    this.#notices.info('the policy server answers again', { server: this.#server });
  }

  reportDropped(): void {
    this.#ration('dropped', 'reports to the policy server were dropped', {});
  }

  #ration(kind: string, message: string, details: Readonly<Record<string, unknown>>): void {
    const now = this.#now();
    const before = this.#kinds.get(kind);
    const since = (before?.since ?? 0) + 1;
    if (before !== undefined && now - before.told < NOTICE_INTERVAL) {
      before.since = since;
      return;
    }
    this.#kinds.set(kind, { told: now, since: 0 });
    this.#notices.warn(message, { server: this.#server, times: since, ...details });
  }
}
