-- What a proxy knows of a login, and a log does not tell: NULL in rows that came from Dovecot's log.
ALTER TABLE logins ADD COLUMN listener TEXT;     -- its name in the configuration
ALTER TABLE logins ADD COLUMN sni TEXT;
ALTER TABLE logins ADD COLUMN tls_version TEXT;  -- negotiated: TLSv1.3
ALTER TABLE logins ADD COLUMN backend TEXT;      -- name (host:port)
ALTER TABLE logins ADD COLUMN reason_code TEXT;  -- Dovecot's event reason; reason has the words for people
ALTER TABLE logins ADD COLUMN client_id TEXT;    -- JSON array of [name, value or null]: the client's IMAP ID
