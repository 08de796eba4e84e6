import type { ObservationRow } from '../model/index.js';
import type { Database } from './database.js';
import type { Statement } from './driver.js';
import type { FingerprintTable } from './fingerprint-table.js';
import { observationDigest } from './keys.js';
import type { Tally } from './tally.js';
import { safeSeconds } from './time.js';

const INSERT = `
INSERT INTO observations
  (key, time_s, time_ns, transport, src_ip, src_port, dst_ip, dst_port, proxied_ip, proxied_port, starttls, sni, alpn, tls_version, retry, fingerprint_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (time_s, key) DO NOTHING`;

/** The observations table. */
export class ObservationTable {
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

  /** To be called inside a transaction. @returns false where the observation is there already */
  insert(row: ObservationRow): boolean {
    const seconds = safeSeconds(row.timestamp.seconds);
    const fingerprint = this.#fingerprints.idOf(row.fingerprint, null);
    const { changes } = this.#insert.run(
      this.#database.secret.observation(observationDigest(row)),
      seconds,
      row.timestamp.nanoseconds,
      row.transport,
      row.src.ip,
      row.src.port,
      row.dst.ip,
      row.dst.port,
      row.proxiedSrc?.ip ?? null,
      row.proxiedSrc?.port ?? null,
      row.starttls,
      row.sni,
      row.alpn === null ? null : JSON.stringify(row.alpn),
      row.tlsVersion,
      row.retry ? 1 : 0,
      fingerprint,
    );
    if (changes === 0) return false;
    this.#tally.hello(fingerprint, seconds, row.dst.port, row.starttls, row.sni);
    return true;
  }
}
