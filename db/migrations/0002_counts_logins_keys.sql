-- Partly known fingerprints, keyed observations, hourly counts, server names, logins.
-- Foreign keys are gone: deleting a fingerprint would search every table that refers to one. Only prune deletes fingerprints, and only where no count refers to them.

-- A log may know one value of a hello and nothing else. Its row stands beside the whole ones and is linked (whole_id) to the only one its values fit, if there is one.
CREATE TABLE fingerprints_2 (
  id INTEGER PRIMARY KEY,
  shape BLOB NOT NULL UNIQUE,          -- whole: first 16 bytes of SHA-256 over ja3, ssl_ja3_35 and ja4_r; else over the hashes that are known
  whole INTEGER NOT NULL,              -- 1: a hello was seen; 0: a log told of it
  whole_id INTEGER,                    -- where whole is 0
  ja3 TEXT,
  ja3_hash TEXT,
  ja3n_hash TEXT,
  ssl_ja3_30 TEXT,                     -- as Dovecot linked with OpenSSL 1.1.1 to 3.1 says it
  ssl_ja3_30_hash TEXT,
  ssl_ja3_35 TEXT,                     -- as Dovecot linked with OpenSSL 3.2 and later says it
  ssl_ja3_35_hash TEXT,
  ssl_ja3 TEXT,                        -- as a log had it, of either
  ssl_ja3_hash TEXT,
  ja4 TEXT,
  ja4_r TEXT
) STRICT;

INSERT INTO fingerprints_2 (id, shape, whole, ja3, ja3_hash, ja3n_hash, ssl_ja3_30, ssl_ja3_30_hash, ssl_ja3_35, ssl_ja3_35_hash, ja4, ja4_r)
SELECT id, shape, 1, ja3, ja3_hash, ja3n_hash, ssl_ja3_30, ssl_ja3_30_hash, ssl_ja3_35, ssl_ja3_35_hash, ja4, ja4_r FROM fingerprints ORDER BY id;

-- keyed_observation is the sensor's own: the digest under the secret of the key file. Whoever has only this file cannot find a cut address by trying all of its network.
CREATE TABLE observations_2 (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,                   -- HMAC-SHA256, 16 bytes, of 16 bytes of SHA-256 over time, endpoints, transport and ja3_hash
  time_s INTEGER NOT NULL,             -- capture time, seconds since 1970-01-01 UTC
  time_ns INTEGER NOT NULL,            -- and nanoseconds, 0 to 999999999
  transport TEXT NOT NULL,
  src_ip TEXT NOT NULL,
  src_port INTEGER NOT NULL,
  dst_ip TEXT NOT NULL,
  dst_port INTEGER NOT NULL,
  proxied_ip TEXT,
  proxied_port INTEGER,
  starttls TEXT,
  sni TEXT,
  alpn TEXT,                           -- JSON array of protocol names
  tls_version TEXT,
  retry INTEGER NOT NULL,
  fingerprint_id INTEGER NOT NULL,
  cut INTEGER NOT NULL DEFAULT 0,      -- 1: src_ip and proxied_ip are networks, /24 or /48, their last bits zero
  recorded_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

INSERT INTO observations_2 (id, key, time_s, time_ns, transport, src_ip, src_port, dst_ip, dst_port, proxied_ip, proxied_port, starttls, sni, alpn, tls_version, retry,
  fingerprint_id, recorded_at)
SELECT id, keyed_observation(key), time_s, time_ns, transport, src_ip, src_port, dst_ip, dst_port, proxied_ip, proxied_port, starttls, sni, alpn, tls_version, retry,
  fingerprint_id, recorded_at FROM observations ORDER BY id;

DROP TABLE observations;
DROP TABLE fingerprints;
ALTER TABLE fingerprints_2 RENAME TO fingerprints;
ALTER TABLE observations_2 RENAME TO observations;

CREATE INDEX fingerprints_ja3 ON fingerprints (ja3_hash);
CREATE INDEX fingerprints_ja3n ON fingerprints (ja3n_hash);
CREATE INDEX fingerprints_ssl_ja3_30 ON fingerprints (ssl_ja3_30_hash);
CREATE INDEX fingerprints_ssl_ja3_35 ON fingerprints (ssl_ja3_35_hash);
CREATE INDEX fingerprints_ssl_ja3 ON fingerprints (ssl_ja3_hash);
CREATE INDEX fingerprints_ja4 ON fingerprints (ja4);
CREATE INDEX fingerprints_whole_id ON fingerprints (whole_id);

CREATE UNIQUE INDEX observations_key ON observations (time_s, key);
CREATE INDEX observations_age ON observations (cut, recorded_at);
CREATE INDEX observations_fingerprint ON observations (fingerprint_id);

-- What was seen of a fingerprint in one hour, on one port. Kept in step with observations and logins in their own transactions.
CREATE TABLE aggregates (
  fingerprint_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,               -- hours since 1970-01-01 00:00 UTC, of capture or log time
  dst_port INTEGER NOT NULL,           -- 0: not told
  starttls TEXT NOT NULL,              -- '': none
  hellos INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,          -- logins, by outcome
  failed INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  untried INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,         -- seconds
  last_seen INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,        -- of the latest
  PRIMARY KEY (fingerprint_id, hour, dst_port, starttls)
) STRICT, WITHOUT ROWID;

CREATE INDEX aggregates_hour ON aggregates (hour);

-- Sums over all hours of aggregates, so that nobody has to add up half a year to show one fingerprint.
CREATE TABLE totals (
  fingerprint_id INTEGER NOT NULL,
  dst_port INTEGER NOT NULL,
  starttls TEXT NOT NULL,
  hellos INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  untried INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (fingerprint_id, dst_port, starttls)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_names (
  fingerprint_id INTEGER NOT NULL,
  sni TEXT NOT NULL,
  hellos INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (fingerprint_id, sni)
) STRICT, WITHOUT ROWID;

INSERT INTO aggregates
SELECT fingerprint_id, (time_s - (time_s % 3600 + 3600) % 3600) / 3600, dst_port, coalesce(starttls, ''), count(*), 0, 0, 0, 0, min(time_s), max(time_s), max(recorded_at)
FROM observations GROUP BY 1, 2, 3, 4;

INSERT INTO totals
SELECT fingerprint_id, dst_port, starttls, sum(hellos), 0, 0, 0, 0, min(first_seen), max(last_seen) FROM aggregates GROUP BY 1, 2, 3;

INSERT INTO server_names
SELECT fingerprint_id, sni, count(*), min(time_s), max(time_s), max(recorded_at) FROM observations WHERE sni IS NOT NULL GROUP BY 1, 2;

-- Authentication attempts. Never stored: passwords, SASL data.
CREATE TABLE logins (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,                   -- HMAC-SHA256, 16 bytes, over time, session, protocol, endpoints, outcome and user_key
  time_s INTEGER NOT NULL,
  time_ns INTEGER NOT NULL,
  session TEXT,                        -- NULL once cut: Dovecot's session names hold the address
  protocol TEXT NOT NULL,
  user_key BLOB,                       -- HMAC-SHA256, 16 bytes, of the name in lower case; NULL: no name was given, or none is to be kept
  user_name TEXT,                      -- only where names are kept plain
  remote_ip TEXT,
  remote_port INTEGER,
  local_ip TEXT,
  local_port INTEGER,
  mechanism TEXT,
  outcome TEXT NOT NULL,               -- succeeded, failed, refused, none
  reason TEXT,
  tls INTEGER NOT NULL,
  fingerprint_id INTEGER,              -- the row of exactly the values that were logged
  cut INTEGER NOT NULL DEFAULT 0,      -- 1: remote_ip is a network, /24 or /48
  recorded_at INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

CREATE UNIQUE INDEX logins_key ON logins (time_s, key);
CREATE INDEX logins_age ON logins (cut, recorded_at);
CREATE INDEX logins_user ON logins (user_key, time_s) WHERE user_key IS NOT NULL;
CREATE INDEX logins_fingerprint ON logins (fingerprint_id, time_s) WHERE fingerprint_id IS NOT NULL;

-- Rows of the large tables, which SQLite could only count one by one.
CREATE TABLE row_counts (
  name TEXT PRIMARY KEY,
  rows INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO row_counts VALUES ('observations', (SELECT count(*) FROM observations)), ('logins', 0);

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- 1: the operator removed it; seeding does not bring it back.
ALTER TABLE labels ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
