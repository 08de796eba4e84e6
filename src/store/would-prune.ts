import type { Database } from './database.js';
import { type Moments, momentsOf } from './moments.js';
import { wouldPrunePolicy } from './policy/prune.js';
import type { Retention, WouldPrune } from './surface/index.js';

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
    (heard_day IS NULL OR heard_day < @heardDay)
    AND NOT EXISTS (SELECT 1 FROM aggregates WHERE fingerprint_id = fingerprints.id AND recorded_at >= @observations)
    AND NOT EXISTS (SELECT 1 FROM server_names WHERE fingerprint_id = fingerprints.id AND recorded_at >= @observations)
    AND NOT EXISTS (SELECT 1 FROM logins WHERE fingerprint_id = fingerprints.id AND recorded_at >= @logins)) AS fingerprints`;

/** Counts what pruning would cut and delete. */
export function wouldPrune(database: Database, now: number, retention: Retention): WouldPrune {
  const moments = momentsOf(now, retention);
  const policy = wouldPrunePolicy(database, moments);
  const due = database.guarded(() => database.prepare<[Moments], WouldPrune>(DUE).get(moments)!);
  return { ...due, cut: due.cut + policy.cut, heard: policy.heard, known: policy.known };
}
