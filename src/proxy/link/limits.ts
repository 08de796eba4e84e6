/** Milliseconds for which a host that failed is tried last. Long enough that the logins of a minute do not all wait for a dead host, short enough for a restart. */
export const FIRST_PENALTY = 10_000;

/** The longest penalty: each failure after one is over doubles the next. A host that is back is then found within a minute, health checks or not. */
export const LONGEST_PENALTY = 60_000;

/** Characters of a backend's own words that go into a message. */
export const MAX_WORDS = 200;

/** Characters of a server name that goes into a PROXY header: what DNS allows (RFC 1035 section 2.3.4). */
export const MAX_AUTHORITY = 253;

/** The oldest TLS on a link to a backend: RFC 8996 forbids what came before, and every mail server of the last ten years has it. */
export const MIN_TLS_VERSION = 'TLSv1.2';
