import { statSync } from 'node:fs';
import { backup } from './backup.js';
import { countRows } from './counts.js';
import type { Database } from './database.js';
import type { FingerprintTable } from './fingerprint-table.js';
import { keyPathOf } from './key-file.js';
import type { PolicyTables } from './policy/tables.js';
import { prune } from './prune.js';
import {
  type BackupOptions,
  DEFAULT_RETENTION,
  type PruneResult,
  type Retention,
  type Status,
  type Upkeep,
  type WouldPrune,
} from './surface/index.js';
import { wouldPrune } from './would-prune.js';

/** Both ends come from the index by time. */
const TIMES = `
SELECT min(oldest) AS oldest, max(newest) AS newest FROM (
  SELECT (SELECT min(time_s) FROM observations) AS oldest, (SELECT max(time_s) FROM observations) AS newest
  UNION ALL SELECT (SELECT min(time_s) FROM logins), (SELECT max(time_s) FROM logins)
  UNION ALL SELECT (SELECT time_ms FROM heard ORDER BY id LIMIT 1) / 1000, (SELECT time_ms FROM heard ORDER BY id DESC LIMIT 1) / 1000)`;

export class FileUpkeep implements Upkeep {
  readonly #database: Database;
  readonly #fingerprints: FingerprintTable;
  readonly #policy: PolicyTables;

  constructor(database: Database, fingerprints: FingerprintTable, policy: PolicyTables) {
    this.#database = database;
    this.#fingerprints = fingerprints;
    this.#policy = policy;
  }

  status(): Status {
    const database = this.#database;
    return database.guarded(() => {
      const number = (pragma: string) => Number(database.connection.pragma(pragma, { simple: true }));
      const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      const times = database.prepare<[], Pick<Status, 'oldest' | 'newest'>>(TIMES).get()!;
      const partly = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM fingerprints WHERE NOT whole');
      return {
        path: database.path,
        keyPath: keyPathOf(database.path),
        schema: number('user_version'),
        counts: countRows(database),
        policy: this.#policy.counts(),
        partlyKnown: partly.get()!.n,
        size: size(database.path) + size(`${database.path}-wal`),
        free: number('freelist_count') * number('page_size'),
        ...times,
      };
    });
  }

  prune(now: number, retention: Retention = DEFAULT_RETENTION): Promise<PruneResult> {
    return prune(this.#database, this.#fingerprints, now, retention);
  }

  wouldPrune(now: number, retention: Retention = DEFAULT_RETENTION): WouldPrune {
    return wouldPrune(this.#database, now, retention);
  }

  backup(target: string, options: BackupOptions = {}): Promise<void> {
    return backup(this.#database, target, options);
  }
}
