/** The login proxy. */
export { DEMO_PASSWORD, DEMO_USER, DemoBackend } from './demo/index.js';
export type { Protocol } from './dialogue.js';
export { type BoundListener, LoginProxy, type ProxyExtras } from './login-proxy.js';
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
export type { LoginLog, LoginPolicy, LoginRecorder, Notices, ProxyPorts } from './ports.js';
export { couldLeadTo, parseRouteTable, UserPattern } from './route/index.js';
export { understoodMechanisms } from './sasl/index.js';
