/**
 * Bytes of one syslog message; what is longer is cut. RFC 5424 section 6.1 asks receivers for 2,048 and lets them cut what they do not take; rsyslog and syslog-ng take
 * 8 KiB unless they are told otherwise.
 */
export const MAX_SYSLOG_MESSAGE = 8_192;

/** Datagrams the system has not taken yet: each is a line of some hundred bytes. Later ones are lost, and counted. */
export const MAX_DATAGRAMS_AT_ONCE = 1_024;

/** Milliseconds a syslog server may take to accept a connection: one on the same network answers in one. */
export const SYSLOG_CONNECT_TIMEOUT = 10_000;

/** Milliseconds between a connection that failed and the next: at first, and at most. */
export const SYSLOG_RETRY_FIRST = 250;
export const SYSLOG_RETRY_LAST = 30_000;
