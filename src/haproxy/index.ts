/** The PROXY protocol, versions 1 and 2, both ways. */
export { parseIpv4, parseIpv6 } from './address.js';
export type {
  ProxyAddresses,
  ProxyFamily,
  ProxyHeader,
  ProxySsl,
  ProxyTlv,
  ProxyTransport,
} from './header.js';
export * as haproxyLimits from './limits.js';
export { type ProxyHeaderOutcome, readProxyHeader, writeProxyHeader } from './read.js';
