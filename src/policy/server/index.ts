/** The policy server: Dovecot's auth policy protocol and wforce's commands over HTTP. */
export type { PolicyServerOptions, ServerSecrets } from './options.js';
export { PolicyServer, type PolicyServerPorts } from './policy-server.js';
