import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EndSignal } from '../ending.js';
import { Direction } from './direction.js';
import { KEEPALIVE_DELAY, LINGER_TIMEOUT } from './limits.js';

export interface RelayResult {
  /** Bytes the client sent, and bytes the backend sent. */
  readonly fromClient: number;
  readonly fromBackend: number;
  /** What a connection broke with; null where both ended, or `signal` ended them. */
  readonly error: Error | null;
}

export interface RelayOptions {
  /** Ends both connections at once. Where the client has gone by itself, it changes nothing. */
  readonly signal?: EndSignal;
  /** Sees what the client sends, after it was passed on, until it returns false. Must neither throw nor keep or change the bytes. */
  readonly watch?: (bytes: Uint8Array) => boolean;
  /** What the client said first, where it has been written to the backend already; `watch` sees it. */
  readonly sent?: Uint8Array | null;
}

/**
 * Relays bytes both ways until both connections are closed. Never rejects.
 *
 * - Back-pressure: who is slow holds up the other, with a chunk or two in between.
 * - The end of one direction is passed on, and the other one goes on: both need `allowHalfOpen`.
 * - A connection that breaks ends the other one, which first gets what is left for it, for {@link LINGER_TIMEOUT} at the most.
 * - Nagle's algorithm is turned off and TCP keepalive on, where the streams are sockets.
 *
 * @param client a socket or TLSSocket (any stream of bytes) that nobody else reads from; what was put back with `unshift` goes first
 * @param backend the same
 */
export function relay(client: Duplex, backend: Duplex, options: RelayOptions = {}): Promise<RelayResult> {
  return new Promise((resolve) => new Relay(client, backend, options, resolve));
}

class Relay {
  readonly #client: Duplex;
  readonly #backend: Duplex;
  readonly #resolve: (result: RelayResult) => void;
  readonly #signal: EndSignal | undefined;
  readonly #forth: Direction;
  readonly #back: Direction;
  #error: Error | null = null;
  #open = 2;
  #linger: NodeJS.Timeout | null = null;

  constructor(client: Duplex, backend: Duplex, options: RelayOptions, resolve: (result: RelayResult) => void) {
    this.#client = client;
    this.#backend = backend;
    this.#resolve = resolve;
    this.#signal = options.signal;
    this.#forth = new Direction(client, backend, options.watch ?? null);
    this.#back = new Direction(backend, client, null);
    client.on('close', this.#onClientClose);
    backend.on('close', this.#onBackendClose);
    for (const stream of [client, backend]) stream.on('error', this.#onError);
    this.#signal?.addEventListener('abort', this.#onAbort);
    if (options.sent != null) this.#forth.count(options.sent);
    this.#forth.start();
    this.#back.start();
    // 'close' is told once: here it may have been before.
    if (client.closed) this.#onClientClose();
    if (backend.closed) this.#onBackendClose();
    if (this.#signal?.aborted) this.#onAbort();
    // Not before the first bytes are on their way: it takes ten calls of the system, and no byte needs it yet.
    setImmediate(tune, client, backend);
  }

  readonly #onError = (error: Error): void => {
    this.#error ??= error;
  };

  readonly #onAbort = (): void => {
    if (this.#client.destroyed) return;
    this.#client.destroy();
    this.#backend.destroy();
  };

  readonly #onClientClose = (): void => {
    this.#client.off('close', this.#onClientClose);
    this.#closed(this.#backend, this.#back);
  };

  readonly #onBackendClose = (): void => {
    this.#backend.off('close', this.#onBackendClose);
    this.#closed(this.#client, this.#forth);
  };

  /** @param other the one that is left @param held the direction whose sink has gone */
  #closed(other: Duplex, held: Direction): void {
    if (--this.#open === 0) {
      this.#settle();
      return;
    }
    held.release();
    if (other.destroyed) return;
    if (other.writableFinished) {
      other.destroy();
      return;
    }
    other.end(() => other.destroy());
    this.#linger = setTimeout(() => other.destroy(), LINGER_TIMEOUT);
  }

  #settle(): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve({ fromClient: this.#forth.bytes, fromBackend: this.#back.bytes, error: this.#error });
  }
}

function tune(...streams: readonly Duplex[]): void {
  for (const stream of streams) {
    if (stream instanceof Socket && !stream.destroyed) stream.setNoDelay(true).setKeepAlive(true, KEEPALIVE_DELAY);
  }
}
