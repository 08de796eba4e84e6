import type { Database } from './database.js';
import type { StoreCounts } from './surface/index.js';

const COUNT = `SELECT
  (SELECT count(*) FROM fingerprints) AS fingerprints, (SELECT count(*) FROM labels WHERE NOT removed) AS labels,
  (SELECT rows FROM row_counts WHERE name = 'observations') AS observations, (SELECT rows FROM row_counts WHERE name = 'logins') AS logins`;

export function countRows(database: Database): StoreCounts {
  return database.prepare<[], StoreCounts>(COUNT).get()!;
}
