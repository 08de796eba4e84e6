import type { Duplex } from 'node:stream';
import { SensorError } from '../errors.js';
import type { ClientHello } from '../model/index.js';
import { type ConnectionFingerprint, connectionFingerprint } from './connection-fingerprint.js';
import { type ReadClientHelloOptions, settingsOf } from './options.js';
import { WaitingForHello } from './waiting.js';
import { WaitingRoom } from './waiting-room.js';

/** A hello that was read from a socket, and put back. */
export interface ReadHello {
  readonly hello: ClientHello;
  readonly fingerprint: ConnectionFingerprint;
  /** Everything that has come, and was put back unless `putBack` is false: the hello's records, and what may follow them. A PROXY header is not among it. */
  readonly bytes: Uint8Array;
}

/** All that are read by themselves. */
const room = new WaitingRoom<WaitingForHello>();

/**
 * Reads a client's hello from a connection of which nobody has read yet, and puts the bytes back, so that the next reader sees all of them: `new
 * tls.TLSSocket(socket, { isServer: true, … })`, a pipe, another protocol. Meanwhile nobody else may read from it.
 *
 * The promise is rejected with a `SensorError` (docs/errors.md): `not_tls`, another code of a hello that cannot be used, `hello_incomplete` where the connection
 * ended, `hello_late`, and those of PROXY headers. The bytes are put back then too, as far as the stream still takes any; the socket is left open, and it is the
 * caller who ends it. After `hello_late` and after codes of PROXY headers it should be.
 *
 * @param socket a `net.Socket`, or any stream of bytes in both directions
 * @throws RangeError or TypeError for options that cannot be, at once
 */
export function readClientHello(socket: Duplex, options: ReadClientHelloOptions = {}): Promise<ReadHello> {
  const settings = settingsOf(options);
  return new Promise((resolve, reject) => {
    if (socket.destroyed || socket.readableEnded) {
      const message = 'the connection had ended before anything was read';
      reject(new SensorError('hello_incomplete', 'client_hello', 0, message));
      return;
    }
    new WaitingForHello(socket, settings, room, (outcome) => {
      if (outcome.state !== 'hello') {
        reject(outcome.error);
        return;
      }
      const { hello, proxy, bytes } = outcome;
      resolve({ hello, fingerprint: connectionFingerprint(hello, proxy), bytes });
    });
  });
}
