/** Asking a policy server about logins, in Dovecot's auth policy protocol. */
export { defaultAttributes, type PolicyClientOptions, type PolicyNotices, policyDefaults } from './options.js';
export { hashMechanisms } from './password-hash.js';
export { PolicyClient, type PolicyClientPorts, type PolicyCounts } from './policy-client.js';
