-- Fingerprints, labels, observations.
-- Words that may grow (views, transports, kinds) carry no CHECK: SQLite cannot alter one without rebuilding its table.

-- One row for every distinct shape of hello. What later matching needs (ciphers, extensions, groups, point formats, signature algorithms) is in the strings.
CREATE TABLE fingerprints (
  id INTEGER PRIMARY KEY,
  shape BLOB NOT NULL UNIQUE,          -- first 16 bytes of SHA-256 over ja3, ssl_ja3_35 and ja4_r
  ja3 TEXT NOT NULL,
  ja3_hash TEXT NOT NULL,
  ja3n_hash TEXT NOT NULL,
  ssl_ja3_30 TEXT NOT NULL,            -- as Dovecot linked with OpenSSL 1.1.1 to 3.1 says it
  ssl_ja3_30_hash TEXT NOT NULL,
  ssl_ja3_35 TEXT NOT NULL,            -- as Dovecot linked with OpenSSL 3.2 and later says it
  ssl_ja3_35_hash TEXT NOT NULL,
  ja4 TEXT,                            -- NULL where the hello has no readable ja4
  ja4_r TEXT
) STRICT;

-- Names. A label is known under one value of one view; the same name under another value or view is another row. It meets a fingerprint by that value, so a
-- label may be there long before the first hello that bears it.
CREATE TABLE labels (
  id INTEGER PRIMARY KEY,
  view TEXT NOT NULL,                  -- ja3, ssl_ja3
  hash TEXT NOT NULL,
  string TEXT,                         -- NULL: only the hash is known
  client TEXT NOT NULL,
  version TEXT NOT NULL,
  tls_library TEXT NOT NULL,
  kind TEXT NOT NULL,                  -- user agent, library, server, audit tool
  weight REAL NOT NULL,
  quality TEXT NOT NULL,               -- measured, documented
  source TEXT NOT NULL,
  source_row INTEGER NOT NULL,         -- line of the source file, from 1
  licence TEXT NOT NULL,
  captured TEXT,                       -- YYYY, YYYY-MM or YYYY-MM-DD
  UNIQUE (view, hash, client, version, tls_library, source)
) STRICT;

-- Every hello once. Never stored: randoms, session ids, tickets, key shares.
CREATE TABLE observations (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,                   -- first 16 bytes of SHA-256 over time, endpoints, transport and ja3_hash
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
  fingerprint_id INTEGER NOT NULL REFERENCES fingerprints (id),
  recorded_at INTEGER NOT NULL DEFAULT (unixepoch()),
  UNIQUE (time_s, key)
) STRICT;
