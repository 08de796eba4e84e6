import type { KnownViews, ObservationRow } from '../model/index.js';
import type { Connection, Statement } from './driver.js';
import { observationKey, shapeKey } from './keys.js';
import { FINGERPRINTS_REMEMBERED, ROWS_PER_TRANSACTION } from './limits.js';
import type { Stored } from './store.js';

const INSERT_FINGERPRINT = `
INSERT INTO fingerprints
  (shape, ja3, ja3_hash, ja3n_hash, ssl_ja3_30, ssl_ja3_30_hash, ssl_ja3_35, ssl_ja3_35_hash, ja4, ja4_r)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const FIND_FINGERPRINT = 'SELECT id FROM fingerprints WHERE shape = ?';

const INSERT_OBSERVATION = `
INSERT INTO observations
  (key, time_s, time_ns, transport, src_ip, src_port, dst_ip, dst_port, proxied_ip, proxied_port, starttls, sni, alpn, tls_version, retry, fingerprint_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (time_s, key) DO NOTHING`;

/** The fingerprints and observations tables. */
export class ObservationTable {
  readonly #insertObservation: Statement<unknown[]>;
  readonly #insertFingerprint: Statement<unknown[]>;
  readonly #findFingerprint: Statement<[Buffer], { id: number }>;
  readonly #recordBatch: (rows: readonly ObservationRow[]) => number;
  /** Row number by shape, of rows that are committed or about to be. */
  readonly #ids = new Map<string, number>();

  constructor(connection: Connection) {
    this.#insertObservation = connection.prepare(INSERT_OBSERVATION);
    this.#insertFingerprint = connection.prepare(INSERT_FINGERPRINT);
    this.#findFingerprint = connection.prepare(FIND_FINGERPRINT);
    const insertAll = connection.transaction((rows: readonly ObservationRow[]) => {
      let added = 0;
      for (const row of rows) added += this.#insert(row);
      return added;
    });
    // Immediate: the lock is taken before the first read, so that waiting for it is the driver's business and never ours.
    this.#recordBatch = (rows) => insertAll.immediate(rows);
  }

  record(rows: Iterable<ObservationRow>): Stored {
    let added = 0;
    let handed = 0;
    const flush = (batch: readonly ObservationRow[]): void => {
      try {
        added += this.#recordBatch(batch);
      } catch (error) {
        // Row numbers given out in a transaction that was rolled back are nobody's.
        this.#ids.clear();
        throw error;
      }
      handed += batch.length;
    };
    let batch: ObservationRow[] = [];
    for (const row of rows) {
      batch.push(row);
      if (batch.length < ROWS_PER_TRANSACTION) continue;
      flush(batch);
      batch = [];
    }
    if (batch.length > 0) flush(batch);
    return { added, known: handed - added };
  }

  #insert(row: ObservationRow): number {
    return this.#insertObservation.run(
      observationKey(row),
      safeSeconds(row.timestamp.seconds),
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
      this.#fingerprintId(row.fingerprint),
    ).changes;
  }

  #fingerprintId(views: KnownViews): number {
    const shape = shapeKey(views);
    const remembered = shape.toString('latin1');
    let id = this.#ids.get(remembered);
    if (id !== undefined) return id;
    id = this.#findFingerprint.get(shape)?.id ?? this.#insertViews(shape, views);
    if (this.#ids.size >= FINGERPRINTS_REMEMBERED) this.#ids.clear();
    this.#ids.set(remembered, id);
    return id;
  }

  #insertViews(shape: Buffer, { ja3, ja3n, sslJa3, ja4 }: KnownViews): number {
    const inserted = this.#insertFingerprint.run(
      shape,
      ja3?.string,
      ja3?.hash,
      ja3n?.hash,
      sslJa3['3.0']?.string,
      sslJa3['3.0']?.hash,
      sslJa3['3.5']?.string,
      sslJa3['3.5']?.hash,
      ja4?.hash ?? null,
      ja4?.string ?? null,
    );
    return Number(inserted.lastInsertRowid);
  }
}

/** A capture can claim any 64-bit time. Beyond what a number holds exactly it means nothing, and is stored as the last moment that fits. */
function safeSeconds(seconds: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, seconds));
}
