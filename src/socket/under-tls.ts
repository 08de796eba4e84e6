import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** Parts of Node's TLSSocket that have no documentation. */
interface Undocumented {
  readonly _parent?: unknown;
  readonly _handle?: { readonly _parentWrap?: { readonly stream?: unknown } | null } | null;
}

/** The connection Node made a TLSSocket of: a socket is its `_parent`, any other stream is wrapped. undefined where this Node keeps it elsewhere. */
export function streamUnder(tlsSocket: TLSSocket): unknown {
  const { _parent, _handle } = tlsSocket as unknown as Undocumented;
  return _parent ?? _handle?._parentWrap?.stream;
}

/**
 * Connections that were handed to Node's TLS and are open: what is asked where {@link streamUnder} does not know. No two of them have the same four
 * addresses and ports.
 */
export class HandedOver {
  readonly #sockets = new Set<Socket>();

  add(stream: Duplex): void {
    if (!(stream instanceof Socket)) return; // without addresses it could not be told from others
    this.#sockets.add(stream);
    stream.once('close', this.#forget);
  }

  /** @returns null where none is the one */
  find(tlsSocket: TLSSocket): Socket | null {
    if (tlsSocket.remotePort === undefined) return null;
    for (const socket of this.#sockets) {
      if (
        socket.remotePort === tlsSocket.remotePort &&
        socket.remoteAddress === tlsSocket.remoteAddress &&
        socket.localPort === tlsSocket.localPort &&
        socket.localAddress === tlsSocket.localAddress
      ) {
        return socket;
      }
    }
    return null;
  }

  readonly #forget = this.#forgetter();

  /** One function for all: the emitter is its `this`. */
  #forgetter(): (this: Socket) => void {
    const sockets = this.#sockets;
    return function () {
      sockets.delete(this);
    };
  }
}
