import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server, TLSSocket } from 'node:tls';
import { SensorError } from '../errors.js';
import { connectionFingerprint } from './connection-fingerprint.js';
import type { Settings } from './options.js';
import { type ConnectionListener, replaceListener, tlsListener } from './tls-listener.js';
import { HandedOver, streamUnder } from './under-tls.js';
import { WaitingForHello, type WaitOutcome } from './waiting.js';
import { WaitingRoom } from './waiting-room.js';

/**
 * Stands before Node's own listener for 'connection' in a TLS server: every connection waits here until its hello is whole, and is then handed to that listener
 * with all its bytes. Errors reach 'tlsClientError' as they do without it.
 */
export class ConnectionHook {
  readonly #server: Server;
  readonly #settings: Settings;
  readonly #streamUnder: (tlsSocket: TLSSocket) => unknown;
  readonly #room = new WaitingRoom<WaitingForHello>();
  readonly #handedOver = new HandedOver();
  /** On this Node a TLSSocket tells what it was made of, so nothing else need be kept. */
  #isUnderKnown = false;

  /**
   * @param under for tests: what is done on a Node that keeps the connection under TLS elsewhere
   * @throws TypeError where the server is none of TLS, or has a hook already
   */
  constructor(server: Server, settings: Settings, under = streamUnder) {
    this.#server = server;
    this.#settings = settings;
    this.#streamUnder = under;
    if (!replaceListener(server, tlsListener(), this.#onConnection)) {
      throw new TypeError('no tls, https or http2 server, or one whose connections are fingerprinted already');
    }
    server.prependListener('secureConnection', this.#onSecure);
    server.prependListener('tlsClientError', this.#onTlsClientError);
  }

  get waiting(): number {
    return this.#room.size;
  }

  stop(): void {
    replaceListener(this.#server, this.#onConnection, tlsListener());
    this.#server.off('secureConnection', this.#onSecure);
    this.#server.off('tlsClientError', this.#onTlsClientError);
  }

  readonly #onConnection: ConnectionListener = (stream) => {
    const waiting = new WaitingForHello(stream, this.#settings, this.#room, this.#onSettled);
    if (this.#room.size <= this.#settings.maxWaiting) return;
    const message = `more than ${this.#settings.maxWaiting} connections wait for a hello`;
    (this.#room.oldest ?? waiting).refuse(new SensorError('too_many_waiting', 'connection', 0, message));
  };

  readonly #onSettled = (outcome: WaitOutcome, waiting: WaitingForHello): void => {
    const stream = waiting.stream as Socket;
    if (outcome.state === 'hello') {
      stream.fingerprint = connectionFingerprint(outcome.hello, outcome.proxy);
      this.#server.emit('fingerprint', stream.fingerprint, stream);
      this.#handOver(stream);
      return;
    }
    stream.fingerprint = null;
    this.#server.emit('fingerprintError', outcome.error, stream);
    if (outcome.state === 'closed') this.#tellClosed(outcome.error, stream);
    else this.#handOver(stream);
    // Node's TLS hears of it as of any error of the connection, and tells the server.
    if (outcome.state === 'refused') stream.destroy(outcome.error);
  };

  /** To Node's own listener, unless a listener of the event has ended the connection. */
  #handOver(stream: Socket): void {
    if (stream.destroyed) {
      stream.on('error', () => {}); // that it was destroyed with: nobody else would take it
      this.#tellClosed(null, stream);
      return;
    }
    if (!this.#isUnderKnown) this.#handedOver.add(stream);
    tlsListener().call(this.#server, stream);
  }

  /** A connection that ended before Node's TLS heard of it: the server is told what it would have been told. */
  #tellClosed(error: SensorError | null, stream: Duplex): void {
    const reason = error?.cause ?? Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    this.#server.emit('tlsClientError', reason, stream);
  }

  readonly #onSecure = (tlsSocket: TLSSocket): void => {
    let under = this.#streamUnder(tlsSocket) as Socket | null | undefined;
    if (under === undefined) under = this.#handedOver.find(tlsSocket);
    else this.#isUnderKnown = true;
    tlsSocket.fingerprint = under?.fingerprint ?? null;
  };

  readonly #onTlsClientError = (_error: Error, tlsSocket: TLSSocket): void => {
    if (tlsSocket.fingerprint === undefined) this.#onSecure(tlsSocket);
  };
}
