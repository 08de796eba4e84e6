/** Bytes both ways between two streams, until both have ended. */
export { KEEPALIVE_DELAY, LINGER_TIMEOUT } from './limits.js';
export { type RelayOptions, type RelayResult, relay } from './relay.js';
