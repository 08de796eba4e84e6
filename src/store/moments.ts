import type { Retention } from './surface/index.js';

const SECONDS_PER_DAY = 86_400;

/** Seconds since 1970-01-01 UTC before which things have been kept long enough. */
export interface Moments {
  readonly now: number;
  readonly addresses: number;
  readonly logins: number;
  readonly observations: number;
  /** Days since 1970-01-01 UTC: of the days before it no login that a policy heard of is kept. */
  readonly heardDay: number;
}

/** @param now seconds */
export function momentsOf(now: number, retention: Retention): Moments {
  const before = (days: number) => Math.max(Number.MIN_SAFE_INTEGER, Math.floor(now - days * SECONDS_PER_DAY));
  const logins = before(retention.logins);
  return {
    now: Math.floor(now),
    addresses: before(retention.addresses),
    logins,
    observations: before(retention.observations),
    heardDay: Math.floor(logins / SECONDS_PER_DAY),
  };
}
