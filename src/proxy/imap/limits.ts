/** Ceilings of the IMAP dialogues that are no setting. A client's command, its literals included, is as long as a line may be (`DialogueLimits.maxLine`). */

/** Characters of a tag: what Dovecot's login processes take. */
export const MAX_TAG = 126;

/** Characters of a client's ID field name that is read: RFC 2971 section 3.3 has 30, and names behind `x-forward-` come from configurations. */
export const MAX_ID_FIELD_READ = 64;

/** Pairs of a client's ID that are read: RFC 2971 section 3.3 has 30; a proxy in front adds its own. */
export const MAX_ID_PAIRS_READ = 64;

/** Characters of an ID field name that is sent, by RFC 2971 section 3.3. Dovecot 2.3 refuses the whole ID for a longer one, so such a pair is left out. */
export const MAX_ID_FIELD = 30;

/** Octets of an ID value as it is spelled, by RFC 2971 section 3.3. Dovecot 2.3 closes the connection for one more, so such a pair is left out: a fingerprint cut short would be another. */
export const MAX_ID_VALUE = 1024;

/** Pairs that are sent, by RFC 2971 section 3.3: Cyrus refuses the whole ID for more. Of too many, the client's last are left out. */
export const MAX_ID_PAIRS = 30;

/** Octets of an ID command: what login processes take in one line. Of too much, what does not fit any more is left out. */
export const MAX_ID_COMMAND = 8000;

/** Octets of the client's own pairs in it: room for the identity must stay. Dovecot keeps 256. */
export const MAX_CLIENT_ID = 2048;

/** Octets of a backend's line. Capabilities are the longest, of some 600; SASL challenges of OAuth reach some thousand. */
export const MAX_BACKEND_LINE = 16_384;

/** Octets a backend may say to one command, the whole login included: capabilities, an ID, alerts, challenges. */
export const MAX_BACKEND_WORDS = 65_536;

/** Octets of a command that carries an initial response or a quoted string; longer ones go on in lines of their own. Dovecot takes 8,192. */
export const MAX_COMMAND_LINE = 8000;

/** RFC 7888 section 5: octets of a literal that goes without asking where the server says LITERAL-. */
export const MAX_LITERAL_MINUS = 4096;

/** Characters of a backend's words for the log. */
export const MAX_TEXT = 256;
