import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ObservationRow } from '../../../src/model/index.js';
import { MIGRATIONS_FOLDER } from '../../../src/store/db-folder.js';
import { migrate, readMigrations } from '../../../src/store/migrate.js';

/** The digest that schema 1 kept as the key, as its documentation has it (decision 0004). */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, 16);
}

/**
 * A database as version 0.1.0 left it, filled by its own SQL: `rows` must all be whole hellos.
 *
 * @param recordedAt seconds
 */
export function writeSchema1(path: string, rows: readonly ObservationRow[], recordedAt: number): void {
  const raw = new Database(path);
  raw.pragma('journal_mode = WAL');
  raw.exec(readMigrations(MIGRATIONS_FOLDER)[0]?.sql ?? '');
  raw.pragma('user_version = 1');
  raw.pragma(`application_id = ${0x4a413353}`);
  const insertShape = raw.prepare(
    `INSERT INTO fingerprints (shape, ja3, ja3_hash, ja3n_hash, ssl_ja3_30, ssl_ja3_30_hash, ssl_ja3_35, ssl_ja3_35_hash, ja4, ja4_r)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const insert = raw.prepare(
    `INSERT INTO observations (key, time_s, time_ns, transport, src_ip, src_port, dst_ip, dst_port, starttls, sni, tls_version, retry, fingerprint_id, recorded_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, (SELECT id FROM fingerprints WHERE shape = ?), ?)`,
  );
  raw.transaction(() => {
    for (const { timestamp, transport, src, dst, starttls, sni, tlsVersion, fingerprint } of rows) {
      const { ja3, ja3n, sslJa3, ja4 } = fingerprint;
      const [of30, of35] = [sslJa3['3.0'], sslJa3['3.5']];
      const shape = digest(`${ja3?.string}\n${of35?.string}\n${ja4?.string ?? ''}`);
      insertShape.run(
        [shape, ja3?.string, ja3?.hash, ja3n?.hash, of30?.string, of30?.hash, of35?.string, of35?.hash],
        [ja4?.hash, ja4?.string],
      );
      const time = `${timestamp.seconds}.${Math.floor(timestamp.nanoseconds / 1000)}`;
      const key = digest(`${time}\n${src.ip} ${src.port}\n${dst.ip} ${dst.port}\n${transport}\n${ja3?.hash}`);
      insert.run(
        [key, timestamp.seconds, timestamp.nanoseconds, transport, src.ip, src.port, dst.ip, dst.port],
        [starttls, sni, tlsVersion, shape, recordedAt],
      );
    }
    raw
      .prepare(
        `INSERT INTO labels (view, hash, string, client, version, tls_library, kind, weight, quality, source, source_row, licence, captured)
         VALUES ('ssl_ja3', 'b7e9d913d85c071f5b806d59601e9b96', NULL, 'Mutt', '2.2.9', 'GnuTLS', 'user agent', 1, 'documented', 'dovecot-docs', 2, 'facts', NULL)`,
      )
      .run();
  })();
  raw.close();
}

/** What schemas 2 and 3 have of a login, the oldest first. */
export interface OldLogin {
  readonly time_s: number;
  readonly session: string;
  readonly outcome: string;
}

/** The same database as later versions left it: of schema 2 or 3, with its key file, and with logins. */
export function writeSchema(
  schema: 2 | 3,
  path: string,
  rows: readonly ObservationRow[],
  logins: readonly OldLogin[],
): void {
  writeSchema1(path, rows, 1_760_000_000);
  const raw = new Database(path);
  migrate(raw, path, readMigrations(MIGRATIONS_FOLDER).slice(0, schema));
  const insert = raw.prepare(
    `INSERT INTO logins (key, time_s, time_ns, session, protocol, remote_ip, remote_port, outcome, tls)
     VALUES (randomblob(16), @time_s, 500000000, @session, 'imap', '192.0.2.7', 40000, @outcome, 1)`,
  );
  for (const login of logins) insert.run(login);
  raw.prepare("UPDATE row_counts SET rows = ? WHERE name = 'logins'").run(logins.length);
  raw.close();
}

/** The package's own migrations with others behind them. */
export function migrationsAnd(folder: string, ...more: string[]): string {
  mkdirSync(folder);
  const own = readMigrations(MIGRATIONS_FOLDER).map(({ sql }) => sql);
  for (const [index, sql] of [...own, ...more].entries()) {
    writeFileSync(join(folder, `${String(index + 1).padStart(4, '0')}_step.sql`), sql);
  }
  return folder;
}

/** The number a migrated file bears. */
export function schemaOf(path: string): unknown {
  const raw = new Database(path, { readonly: true });
  try {
    return raw.pragma('user_version', { simple: true });
  } finally {
    raw.close();
  }
}
