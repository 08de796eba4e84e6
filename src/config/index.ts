/** The proxy's configuration file. */
export type { ProxyRuntime } from './build.js';
export * as configurationLimits from './limits.js';
export type { LoginLogSettings } from './load/login-log.js';
export { nearMiss } from './near-miss.js';
export { ConfigurationError, formatProblem, type KeyPath, type Problem } from './problems.js';
export { type ProxyConfiguration, type ReadConfigurationOptions, readProxyConfiguration } from './read.js';
export { proxyJsonSchema } from './schema/index.js';
export { type SystemdSockets, systemdSockets } from './systemd.js';
