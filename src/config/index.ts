/** Configuration files: the proxy's and the policy's. */
export type { ProxyRuntime } from './build.js';
export * as configurationLimits from './limits.js';
export type { LoginLogSettings } from './load/login-log.js';
export { nearMiss } from './near-miss.js';
export {
  type PolicyConfiguration,
  type PolicyRules,
  type PolicyRuntime,
  type ReadPolicyOptions,
  type ReadRulesOptions,
  readPolicyConfiguration,
  readPolicyRules,
} from './policy-file/read.js';
export { policyJsonSchema } from './policy-file/schema/index.js';
export { ConfigurationError, formatProblem, type KeyPath, type Problem } from './problems.js';
export { type ProxyConfiguration, type ReadConfigurationOptions, readProxyConfiguration } from './read.js';
export { proxyJsonSchema } from './schema/index.js';
export { type SystemdSockets, systemdSockets } from './systemd.js';
