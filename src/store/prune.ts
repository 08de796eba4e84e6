import { cutAddress } from './address.js';
import type { Database } from './database.js';
import type { FingerprintTable } from './fingerprint-table.js';
import { ROWS_PER_PRUNING } from './limits.js';
import { momentsOf } from './moments.js';
import { prunePolicy } from './policy/prune.js';
import { repeat, step } from './steps.js';
import type { PruneResult, Retention } from './surface/index.js';
import { truncateLog } from './wipe.js';

/** The oldest rows of a table that are to be cut, or to go. Cut and uncut ones are apart in the index. */
const OLDEST = (table: string, cut: string) =>
  `SELECT id FROM ${table} WHERE cut = ${cut} AND recorded_at < ? ORDER BY recorded_at LIMIT ${ROWS_PER_PRUNING}`;

const CUT_OBSERVATIONS = `
UPDATE observations SET cut = 1, src_ip = cut_address(src_ip), proxied_ip = cut_address(proxied_ip) WHERE id IN (${OLDEST('observations', '0')})`;

/** A session's name goes with the address: Dovecot's are made of it. */
const CUT_LOGINS = `UPDATE logins SET cut = 1, remote_ip = cut_address(remote_ip), session = NULL WHERE id IN (${OLDEST('logins', '0')})`;

const DELETE = (table: string, cut: string) => `DELETE FROM ${table} WHERE id IN (${OLDEST(table, cut)})`;

const OLD_NAMES = `
DELETE FROM server_names WHERE fingerprint_id = @id AND sni IN
  (SELECT sni FROM server_names WHERE fingerprint_id = @id AND recorded_at < @before LIMIT ${ROWS_PER_PRUNING})`;

const ADD_UP = `
INSERT INTO totals SELECT fingerprint_id, dst_port, starttls, sum(hellos), sum(succeeded), sum(failed), sum(refused), sum(untried), min(first_seen), max(last_seen)
FROM aggregates WHERE fingerprint_id = ? GROUP BY dst_port, starttls`;

/** Nothing was counted for it in all the time that counts are kept, and no row refers to it: of logins a policy heard of, none since their last day is there. */
const UNUSED = `
DELETE FROM fingerprints WHERE id = @id AND (heard_day IS NULL OR heard_day < @heardDay)
  AND NOT EXISTS (SELECT 1 FROM aggregates WHERE fingerprint_id = fingerprints.id)
  AND NOT EXISTS (SELECT 1 FROM observations WHERE fingerprint_id = fingerprints.id)
  AND NOT EXISTS (SELECT 1 FROM logins WHERE fingerprint_id = fingerprints.id)
  AND NOT EXISTS (SELECT 1 FROM server_names WHERE fingerprint_id = fingerprints.id)`;

/** Cuts and deletes what was kept long enough. Every step is a short transaction, and complete in itself. */
export async function prune(
  database: Database,
  fingerprints: FingerprintTable,
  now: number,
  retention: Retention,
): Promise<PruneResult> {
  const moments = momentsOf(now, retention);
  const { addresses, logins, observations } = moments;
  database.guarded(() =>
    database.connection.function('cut_address', { deterministic: true }, (ip: unknown) =>
      typeof ip === 'string' ? cutAddress(ip) : null,
    ),
  );
  const inBatches = async (sql: string, parameter: number, counted?: string): Promise<number> => {
    const statement = database.guarded(() => database.prepare<[number]>(sql));
    const uncount = database.prepare<[number, string]>('UPDATE row_counts SET rows = rows - ? WHERE name = ?');
    return repeat(database, () => {
      const { changes } = statement.run(parameter);
      if (counted !== undefined) uncount.run(changes, counted);
      return changes;
    });
  };
  // What goes anyway is not cut before.
  let gone = 0;
  let loggedOff = 0;
  for (const cut of ['0', '1']) {
    gone += await inBatches(DELETE('observations', cut), observations, 'observations');
    loggedOff += await inBatches(DELETE('logins', cut), logins, 'logins');
  }
  const cut = (await inBatches(CUT_OBSERVATIONS, addresses)) + (await inBatches(CUT_LOGINS, addresses));
  const policy = await prunePolicy(database, moments);
  const counts = await pruneCounts(database, observations);
  const unused = await pruneFingerprints(database, fingerprints, moments.heardDay);
  const wiped = database.guarded(() => truncateLog(database));
  return {
    cut: cut + policy.cut,
    logins: loggedOff,
    observations: gone,
    heard: policy.heard,
    known: policy.known,
    counts,
    fingerprints: unused,
    wiped,
  };
}

/** Hour by hour a fingerprint has some thousand rows in half a year, so one fingerprint is one step; its totals are added up anew. */
async function pruneCounts(database: Database, before: number): Promise<number> {
  const deleteHours = database.prepare<[number, number]>(
    'DELETE FROM aggregates WHERE fingerprint_id = ? AND recorded_at < ?',
  );
  const deleteTotals = database.prepare<[number]>('DELETE FROM totals WHERE fingerprint_id = ?');
  const addUp = database.prepare<[number]>(ADD_UP);
  const deleteNames = database.prepare<[{ id: number; before: number }]>(OLD_NAMES);
  let deleted = 0;
  for (const id of fingerprintIds(database)) {
    deleted += await step(database, () => {
      const { changes } = deleteHours.run(id, before);
      if (changes > 0) {
        deleteTotals.run(id);
        addUp.run(id);
      }
      return changes;
    });
    deleted += await repeat(database, () => deleteNames.run({ id, before }).changes);
  }
  return deleted;
}

async function pruneFingerprints(
  database: Database,
  fingerprints: FingerprintTable,
  heardDay: number,
): Promise<number> {
  const deleteUnused = database.prepare<[{ id: number; heardDay: number }]>(UNUSED);
  const linkedTo = database.prepare<[number], { id: number }>('SELECT id FROM fingerprints WHERE whole_id = ?');
  const ids = fingerprintIds(database);
  let deleted = 0;
  for (let from = 0; from < ids.length; from += ROWS_PER_PRUNING) {
    deleted += await step(database, () => {
      let changes = 0;
      for (const id of ids.slice(from, from + ROWS_PER_PRUNING)) {
        if (deleteUnused.run({ id, heardDay }).changes === 0) continue;
        changes++;
        // In the same transaction: a link must never lead nowhere, or to whatever is given that number next.
        for (const part of linkedTo.all(id)) fingerprints.link(part.id);
      }
      // Before the pause, in which others may record: the row numbers that are remembered for values may be nobody's now.
      if (changes > 0) fingerprints.forget();
      return changes;
    });
  }
  if (deleted === 0) return 0;
  // Of several that a value fitted one may be left.
  const parts = database.guarded(() =>
    database.prepare<[], { id: number }>('SELECT id FROM fingerprints WHERE NOT whole').all(),
  );
  for (let from = 0; from < parts.length; from += ROWS_PER_PRUNING) {
    await step(database, () => {
      for (const { id } of parts.slice(from, from + ROWS_PER_PRUNING)) fingerprints.link(id);
      return 0;
    });
  }
  return deleted;
}

function fingerprintIds(database: Database): readonly number[] {
  return database.guarded(() =>
    database
      .prepare<[], { id: number }>('SELECT id FROM fingerprints')
      .all()
      .map(({ id }) => id),
  );
}
