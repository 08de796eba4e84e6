/**
 * ja3-sensor as a library: hellos, fingerprints, captures. What is not exported here may change without notice.
 *
 * @module
 */

export type { Endpoint } from './endpoint.js';
export { SensorError } from './errors.js';
export { fingerprint, ja3s } from './fingerprint/index.js';
export type {
  ClientHello,
  Extension,
  Fingerprint,
  FingerprintValue,
  HelloNote,
  Observation,
  OpenSslGeneration,
  ServerHello,
  ServerObservation,
  Timestamp,
  Transport,
} from './model/index.js';
export { type CaptureSource, type ReadCaptureOptions, type Rejection, readCapture } from './observe/index.js';
export {
  type HelloOutcome,
  HelloStream,
  type HelloStreamOptions,
  parseClientHello,
  parseServerHello,
} from './tls/index.js';
