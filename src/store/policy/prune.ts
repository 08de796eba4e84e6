import { cutAddress } from '../address.js';
import type { Database } from '../database.js';
import { ROWS_PER_PRUNING } from '../limits.js';
import type { Moments } from '../moments.js';
import { repeat, step } from '../steps.js';
import { cutInText, hasAddress } from './address-in-text.js';
import { firstId } from './heard-id.js';
import { KnownTable, type KnownTableShape } from './known-table.js';
import { DEVICES, USER_CLIENTS, USER_NETWORKS, USUAL } from './known-tables.js';

/** Rows cut and deleted: of `heard`, and of what is known. */
export interface PolicyPruned {
  readonly heard: number;
  readonly cut: number;
  readonly known: number;
}

const OLDEST = (condition: string) =>
  `SELECT id FROM heard WHERE ${condition} id < ? ORDER BY id LIMIT ${ROWS_PER_PRUNING}`;

const DELETE_HEARD = `DELETE FROM heard WHERE id IN (${OLDEST('')})`;

/** A session's name goes with the address, and so does the address where a condition found it. */
const CUT_HEARD = `
UPDATE heard SET cut = 1, session = NULL, evidence = cut_in_text(evidence, remote_ip), remote_ip = cut_address(remote_ip) WHERE id IN (${OLDEST('cut = 0 AND')})`;

const DELETE_EXPIRED = `
DELETE FROM listed WHERE id IN (SELECT id FROM listed WHERE expires <= ? LIMIT ${ROWS_PER_PRUNING})`;

/** What is usual of an address cannot be cut: it is the address that it is of. */
const DELETE_USUAL_OF_ADDRESS = `
DELETE FROM usual WHERE (counter, key) IN (SELECT counter, key FROM usual WHERE learned < ? AND has_address(key) LIMIT ${ROWS_PER_PRUNING})`;

const DUE = `SELECT
  (SELECT count(*) FROM heard WHERE id < @logins) AS heard,
  (SELECT count(*) FROM heard WHERE cut = 0 AND id >= @logins AND id < @addresses) AS cut,
  (SELECT count(*) FROM listed WHERE expires <= @now)
    + (SELECT count(*) FROM usual WHERE learned < @observations OR (learned < @learned AND has_address(key)))
    + ${[USER_CLIENTS, USER_NETWORKS, DEVICES].map(({ name, touched }) => `(SELECT count(*) FROM ${name} WHERE ${touched} < @observations)`).join(' + ')} AS known`;

/** Rows of `heard` go by their time: they are written when they are heard. */
export async function prunePolicy(database: Database, moments: Moments): Promise<PolicyPruned> {
  defineFunctions(database);
  const inBatches = (sql: string, before: number, then?: (changes: number) => void): Promise<number> => {
    const statement = database.guarded(() => database.prepare<[number]>(sql));
    return repeat(database, () => {
      const { changes } = statement.run(before);
      then?.(changes);
      return changes;
    });
  };
  const uncount = database.guarded(() =>
    database.prepare<[number]>("UPDATE row_counts SET rows = rows - ? WHERE name = 'heard'"),
  );
  const heard = await inBatches(DELETE_HEARD, idAt(moments.logins), (changes) => uncount.run(changes));
  const cut = await inBatches(CUT_HEARD, idAt(moments.addresses));
  let known = await inBatches(DELETE_EXPIRED, moments.now);
  known += await inBatches(DELETE_USUAL_OF_ADDRESS, moments.addresses);
  known += await pruneKnown(database, USER_CLIENTS, moments.observations);
  known += await pruneKnown(database, USER_NETWORKS, moments.observations);
  known += await pruneKnown(database, DEVICES, moments.observations);
  known += await pruneKnown(database, USUAL, moments.observations);
  return { heard, cut, known };
}

/** Counts what {@link prunePolicy} would cut and delete. */
export function wouldPrunePolicy(database: Database, moments: Moments): PolicyPruned {
  return database.guarded(() => {
    defineFunctions(database);
    return database.prepare<[Record<string, number>], PolicyPruned>(DUE).get({
      logins: idAt(moments.logins),
      addresses: idAt(moments.addresses),
      learned: moments.addresses,
      observations: moments.observations,
      now: moments.now,
    })!;
  });
}

async function pruneKnown<Row>(database: Database, shape: KnownTableShape<Row>, before: number): Promise<number> {
  const table = database.guarded(() => new KnownTable(database, shape));
  let deleted = 0;
  for (const work of table.prune(before)) deleted += await step(database, work);
  return deleted;
}

function idAt(seconds: number): number {
  return firstId(seconds * 1000);
}

/** What the statements above do to texts. */
function defineFunctions({ connection }: Database): void {
  const pure = { deterministic: true };
  connection.function('cut_address', pure, (ip: unknown) => (typeof ip === 'string' ? cutAddress(ip) : null));
  connection.function('cut_in_text', pure, (text: unknown, ip: unknown) =>
    typeof text === 'string' && typeof ip === 'string' ? cutInText(text, ip) : null,
  );
  connection.function('has_address', pure, (key: unknown) => (typeof key === 'string' && hasAddress(key) ? 1 : 0));
}
