import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import type { SensorError } from '../errors.js';
import type { ConnectionFingerprint } from './connection-fingerprint.js';
import { ConnectionHook } from './connection-hook.js';
import { type FingerprintConnectionsOptions, settingsOf } from './options.js';

/** Listener of the server's event 'fingerprint'. @param socket the connection, on which TLS has not begun: destroying it ends it without a handshake */
export type FingerprintListener = (fingerprint: ConnectionFingerprint, socket: Socket) => void;

/** Listener of the server's event 'fingerprintError'. @param socket the connection; `fingerprint` is null there */
export type FingerprintErrorListener = (error: SensorError, socket: Socket) => void;

/** A server whose connections are fingerprinted. */
export interface FingerprintedConnections {
  /** Connections that wait for their hello now. */
  readonly waiting: number;
  /** Leaves new connections to the server alone. Those that wait go on to it as they would have, but their TLSSockets get no `fingerprint` any more. */
  stop(): void;
}

/**
 * From now on every new connection of a TLS server has a `fingerprint`: on the TLSSocket when 'secureConnection' or 'tlsClientError' is emitted, so on `req.socket`
 * of https, and on `session.socket` and `req.socket` of http2 too. It is null where the hello could not be used.
 *
 * The server emits, before the handshake:
 *
 * - 'fingerprint' ({@link ConnectionFingerprint}, socket) when a hello is whole;
 * - 'fingerprintError' ({@link SensorError}, socket) when none can be had. Where that is because the hello is late (`hello_late`), too many wait
 *   (`too_many_waiting`), or a PROXY header is missing or wrong, the connection ends, and 'tlsClientError' has the same error; in any other case the server does
 *   with the connection what it would have done.
 *
 * @param server a server of node:tls, node:https or node:http2 (`createSecureServer`), listening already or not
 * @throws TypeError for any other server, and where it is called again for one; RangeError or TypeError for options that cannot be
 */
export function fingerprintConnections(
  server: Server,
  options: FingerprintConnectionsOptions = {},
): FingerprintedConnections {
  const hook = new ConnectionHook(server, settingsOf(options));
  return {
    get waiting() {
      return hook.waiting;
    },
    stop: () => hook.stop(),
  };
}
