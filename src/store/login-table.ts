import type { KnownValue, KnownViews, RecordedLogin, SeenLogin } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import type { FingerprintTable } from './fingerprint-table.js';
import type { UserForm } from './surface/index.js';
import type { Tally } from './tally.js';
import { safeSeconds } from './time.js';

const INSERT = `
INSERT INTO logins
  (key, time_s, time_ns, session, protocol, user_key, user_name, remote_ip, remote_port, local_ip, local_port, mechanism, outcome, reason, tls, fingerprint_id,
  listener, sni, tls_version, backend, reason_code, client_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
  insert(row: RecordedLogin, users: UserForm): boolean {
    const { secret } = this.#database;
    const seconds = safeSeconds(row.time.seconds);
    const userKey = row.user === null || users === 'none' ? null : secret.user(row.user);
    const views = viewsOf(row);
    const fingerprint = views === null ? null : this.#fingerprints.idOf(views, loggedSslJa3(row));
    const seen = isSeen(row) ? row : null;
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
      seen?.listener ?? null,
      seen?.sni ?? null,
      seen?.tlsVersion ?? null,
      seen?.backend ?? null,
      seen?.reasonCode ?? null,
      seen === null || seen.clientId === null ? null : JSON.stringify(seen.clientId),
    );
    if (changes === 0) return false;
    this.#tally.login(row.outcome, fingerprint, seconds, row.local?.port ?? 0);
    return true;
  }
}

/** It went through a proxy of ours. */
export function isSeen(row: RecordedLogin): row is SeenLogin {
  return 'listener' in row;
}

/** What a log called ssl_ja3 without saying of which OpenSSL generation. */
export function loggedSslJa3(row: RecordedLogin): KnownValue | null {
  return isSeen(row) && row.fingerprint !== null ? null : row.sslJa3;
}

/** What a login tells of its hello, besides {@link loggedSslJa3}; null where it tells nothing at all. */
export function viewsOf(row: RecordedLogin): KnownViews | null {
  if (isSeen(row) && row.fingerprint !== null) return row.fingerprint;
  const { sslJa3, ja3, ja4 } = row;
  if (sslJa3 === null && ja3 === null && ja4 === null) return null;
  return {
    ja3,
    ja3n: null,
    sslJa3: { '3.0': null, '3.5': null },
    ja4: ja4 === null ? null : { string: null, hash: ja4 },
  };
}
