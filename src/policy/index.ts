/** Deciding about logins. */
export {
  defaultAttributes,
  hashMechanisms,
  PolicyClient,
  type PolicyClientOptions,
  type PolicyClientPorts,
  type PolicyCounts,
  type PolicyNotices,
  policyDefaults,
} from './client/index.js';
