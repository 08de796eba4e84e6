/** Ceilings of the proxy that are no setting. Sizes of hellos are those of tls, of PROXY headers those of haproxy. */

/** Milliseconds a trusted peer has for its PROXY header, as Dovecot gives it: senders write it first and at once. */
export const PROXY_HEADER_TIMEOUT = 3000;

/** Connections that wait to be taken from the system (`listen`'s backlog; the kernel's own limit may be lower): a second of a flood of 2,000 a second, and room for the others. */
export const BACKLOG = 4096;

/** Links of a process to backends that wait for an APOP login. Their clients have only connected yet; beyond it the greeting has no timestamp. */
export const MAX_APOP_LINKS = 256;

/** Milliseconds between two notices of how many connections were refused. */
export const REFUSED_NOTICE_INTERVAL = 60_000;

/** Hops a login may take before it is taken for a loop, as Dovecot's login processes count them. */
export const FIRST_TTL = 7;

/** Logins that a policy makes wait at a time. Each costs its connection and a timer; the next one is put off with a temporary error. */
export const MAX_TARPITS = 1000;

/** Milliseconds a connection may take to close after its last bytes, before it is cut. */
export const GOODBYE_TIMEOUT = 5000;

/** Milliseconds the backends are given to introduce themselves before clients are let in: their capabilities are shown to the first ones too, unless a backend is slow. */
export const INTRODUCTION_WAIT = 1000;

/**
 * Links of a process to backends that were made before the client's hello. A hello follows its connection within a round trip, so 32 serve some hundred new clients a
 * second; who connects and never speaks reaches the backend no more often than that, and clients beyond it are linked after their hello.
 */
export const MAX_EARLY_LINKS = 32;

/**
 * Bytes of a client that are answered at once, before it is looked whether it takes the answers. 200 clients that read nothing and sent 60 KB of `CAPA` each cost 110 MB when
 * all of it was.
 */
export const MAX_PIECE = 1024;
