/** The login proxy. */
export type { Protocol } from './dialogue.js';
export {
  type BackendOptions,
  type ForwardField,
  forwardFields,
  type LimitOptions,
  type ListenerOptions,
  type ProxyOptions,
  type RouteOptions,
  type ServerCertificate,
  type ServerCertificates,
  type UserRule,
} from './options.js';
export { namedBackends, parseRouteTable, UserPattern } from './route/index.js';
export { understoodMechanisms } from './sasl/index.js';
