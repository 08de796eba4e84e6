import type { Database } from './database.js';
import type { Retention, WouldPrune } from './surface/index.js';

const SECONDS_PER_DAY = 86_400;

const OLDER = (table: string, cut: string) =>
  `(SELECT count(*) FROM ${table} WHERE cut IN (${cut}) AND recorded_at < @`;

/**
 * What goes anyway is not cut before: it is counted once. Every observation is counted in an hour that was recorded no earlier than it: where no hour is kept, no
 * observation is, and half a year of them need not be looked at.
 */
const DUE = `SELECT
  ${OLDER('observations', '0, 1')}observations) AS observations,
  ${OLDER('logins', '0, 1')}logins) AS logins,
  ${OLDER('observations', '0')}addresses AND recorded_at >= @observations) + ${OLDER('logins', '0')}addresses AND recorded_at >= @logins) AS cut,
  (SELECT count(*) FROM aggregates WHERE recorded_at < @observations) + (SELECT count(*) FROM server_names WHERE recorded_at < @observations) AS counts,
  (SELECT count(*) FROM fingerprints WHERE
    NOT EXISTS (SELECT 1 FROM aggregates WHERE fingerprint_id = fingerprints.id AND recorded_at >= @observations)
    AND NOT EXISTS (SELECT 1 FROM server_names WHERE fingerprint_id = fingerprints.id AND recorded_at >= @observations)
    AND NOT EXISTS (SELECT 1 FROM logins WHERE fingerprint_id = fingerprints.id AND recorded_at >= @logins)) AS fingerprints`;

/** Counts what pruning would cut and delete. */
export function wouldPrune(database: Database, now: number, retention: Retention): WouldPrune {
  const before = (days: number) => Math.max(Number.MIN_SAFE_INTEGER, Math.floor(now - days * SECONDS_PER_DAY));
  const moments = {
    addresses: before(retention.addresses),
    logins: before(retention.logins),
    observations: before(retention.observations),
  };
  return database.guarded(() => database.prepare<[typeof moments], WouldPrune>(DUE).get(moments)!);
}
