import type { KnownViews, LoginEvent } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import type { FingerprintTable } from './fingerprint-table.js';
import type { UserForm } from './surface/index.js';
import type { Tally } from './tally.js';
import { safeSeconds } from './time.js';

const INSERT = `
INSERT INTO logins
  (key, time_s, time_ns, session, protocol, user_key, user_name, remote_ip, remote_port, local_ip, local_port, mechanism, outcome, reason, tls, fingerprint_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (time_s, key) DO NOTHING`;

/** The logins table, as far as it is written row by row. */
export class LoginTable {
  readonly #database: Database;
  readonly #fingerprints: FingerprintTable;
  readonly #tally: Tally;
  readonly #insert: Statement<unknown[]>;

  constructor(database: Database, fingerprints: FingerprintTable, tally: Tally) {
    this.#database = database;
    this.#fingerprints = fingerprints;
    this.#tally = tally;
    this.#insert = database.prepare(INSERT);
  }

  /** To be called inside a transaction. @returns false where the login is there already */
  insert(row: LoginEvent, users: UserForm): boolean {
    const { secret } = this.#database;
    const seconds = safeSeconds(row.time.seconds);
    const userKey = row.user === null || users === 'none' ? null : secret.user(row.user);
    const views = viewsOf(row);
    const fingerprint = views === null ? null : this.#fingerprints.idOf(views, row.sslJa3);
    const { changes } = this.#insert.run(
      secret.login(row, userKey),
      seconds,
      row.time.nanoseconds,
      row.session,
      row.protocol,
      userKey,
      users === 'plain' ? row.user : null,
      row.remote?.ip ?? null,
      row.remote?.port ?? null,
      row.local?.ip ?? null,
      row.local?.port ?? null,
      row.mechanism,
      row.outcome,
      row.reason,
      row.tls ? 1 : 0,
      fingerprint,
    );
    if (changes === 0) return false;
    this.#tally.login(row.outcome, fingerprint, seconds, row.local?.port ?? 0);
    return true;
  }
}

/** What a login tells of its hello, besides `sslJa3`; null where it tells nothing at all. */
export function viewsOf({ sslJa3, ja3, ja4 }: LoginEvent): KnownViews | null {
  if (sslJa3 === null && ja3 === null && ja4 === null) return null;
  return {
    ja3,
    ja3n: null,
    sslJa3: { '3.0': null, '3.5': null },
    ja4: ja4 === null ? null : { string: null, hash: ja4 },
  };
}
