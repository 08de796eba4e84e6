/** Connections to backends: PROXY header, TLS, the dialogue up to the login, failover and health checks. */
export { BackendLinks } from './backend-links.js';
export * as linkLimits from './limits.js';
export type { DialogueFactories } from './open.js';
