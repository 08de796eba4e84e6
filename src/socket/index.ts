/**
 * Fingerprints of the clients of a running server: for TLS servers of Node, and for plain sockets. Importing it does nothing by itself.
 *
 * @module
 */

export type { Endpoint } from '../endpoint.js';
export { SensorError } from '../errors.js';
export type { ProxyHeader } from '../haproxy/index.js';
export type { ClientHello, FingerprintValue, OpenSslGeneration } from '../model/index.js';
export type { ConnectionFingerprint, FingerprintHashes } from './connection-fingerprint.js';
export {
  type FingerprintErrorListener,
  type FingerprintedConnections,
  type FingerprintListener,
  fingerprintConnections,
} from './fingerprint-connections.js';
export type { FingerprintConnectionsOptions, HelloReadOptions, ReadClientHelloOptions } from './options.js';
export { type ReadHello, readClientHello } from './read-client-hello.js';
export { type AfterHello, SecondHello } from './second-hello.js';
