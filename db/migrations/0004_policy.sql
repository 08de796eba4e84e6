-- What a policy heard of logins, what it said, and what it learned from them.
-- Users are keyed hashes here without exception: HMAC-SHA256, 16 bytes, of the name in lower case. A device is 16 bytes; where it is not 32 hex digits, its text.

-- One row for each attempt that a policy was asked about or told of. Ten million of them are a month of a large site, so rows lie in the order of time and are only ever
-- added at the end: whoever asks for a session's or a user's reads through them. Never stored: passwords, their hashes, SASL data.
CREATE TABLE heard (
  id INTEGER PRIMARY KEY,              -- milliseconds since 1970-01-01 UTC, times 1024, and a number that tells those of one millisecond apart
  time_ms INTEGER GENERATED ALWAYS AS (id >> 10) VIRTUAL,
  session TEXT,                        -- NULL once cut: Dovecot's session names hold the address
  user_key BLOB,
  remote_ip TEXT,
  protocol TEXT,
  port INTEGER,
  sni TEXT,
  mechanism TEXT,
  tls INTEGER NOT NULL,
  tls_version TEXT,                    -- negotiated: TLSv1.3
  client_id TEXT,                      -- JSON array of [name, value or null]: the client's IMAP ID
  fingerprint_id INTEGER,              -- the row of exactly the values that were told
  device ANY,
  outcome TEXT,                        -- succeeded, failed, refused, none; NULL: asked about and never reported
  effect TEXT NOT NULL,                -- allow · tarpit SECONDS · reject · reject MESSAGE
  ignored TEXT,                        -- what it would have been
  source TEXT NOT NULL,                -- rules, list, server, failure, off
  rule TEXT,
  evidence TEXT,                       -- JSON array of {condition, found, numbers}; NULL: none
  cut INTEGER NOT NULL DEFAULT 0       -- 1: remote_ip is a network, /24 or /48
) STRICT;

CREATE INDEX heard_uncut ON heard (cut) WHERE cut = 0;

-- Which client a user logged in with, and from which network. Times are seconds; only logins that succeeded.
CREATE TABLE user_clients (
  user_key BLOB NOT NULL,
  device ANY NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  PRIMARY KEY (user_key, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_networks (
  user_key BLOB NOT NULL,
  network TEXT NOT NULL,               -- 192.0.2.0/24, 2001:db8:1::/48
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  PRIMARY KEY (user_key, network)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  device ANY NOT NULL PRIMARY KEY,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is usual of one count. A counter says what is counted, per what and over which time; the key, which one: device, network, address, user key, with a space between.
CREATE TABLE usual (
  counter TEXT NOT NULL,
  key TEXT NOT NULL,
  usual REAL NOT NULL,
  learned INTEGER NOT NULL,            -- seconds: the end of the last window it was learned from
  since INTEGER NOT NULL,              -- seconds: since when it is watched
  peak REAL NOT NULL,                  -- the highest count of the last window that anything was counted in
  peak_from INTEGER NOT NULL,          -- seconds: when that began
  PRIMARY KEY (counter, key)
) STRICT, WITHOUT ROWID;

-- Allow and block lists, as an operator wrote them: the only place where a policy keeps names and addresses as they are, until they run out.
CREATE TABLE listed (
  id INTEGER PRIMARY KEY,
  list TEXT NOT NULL,                  -- allow, block
  ip TEXT NOT NULL,                    -- an address or a network; '' in these three: not about that
  login TEXT NOT NULL,                 -- lower case
  ja3 TEXT NOT NULL,
  expires INTEGER NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (list, ip, login, ja3)
) STRICT;

INSERT INTO row_counts VALUES ('heard', 0);

-- Days since 1970-01-01: the last on which a row of heard that has this fingerprint was written, so that pruning need not look through these.
ALTER TABLE fingerprints ADD COLUMN heard_day INTEGER;
