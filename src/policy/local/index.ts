/** Deciding in the proxy's own process, without HTTP. */
export { LocalPolicy, type LocalPolicyPorts } from './local-policy.js';
