import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SensorError } from '../errors.js';
import type { ProxyHeader } from '../haproxy/index.js';
import type { ClientHello } from '../model/index.js';
import { wholeClientHello } from '../tls/index.js';
import { Opening, untrusted } from './opening.js';
import type { Settings } from './options.js';
import type { Waiter, WaitingRoom } from './waiting-room.js';

/**
 * How waiting for a hello ends. Bytes that came, but for a PROXY header, have been put back wherever the stream still takes them;
 * those of a hello only where that was asked for.
 *
 * - `hello`: it is there.
 * - `no_hello`: the client sent something else, or ended its side before the hello was whole. Its bytes are the next reader's.
 * - `refused`: too late, one too many, or a PROXY header that is missing, broken or not to be believed. The connection should end.
 * - `closed`: it has ended by itself; `error.cause` is the stream's error, if there was one.
 */
export type WaitOutcome =
  | {
      readonly state: 'hello';
      readonly hello: ClientHello;
      readonly proxy: ProxyHeader | null;
      readonly bytes: Uint8Array;
    }
  | { readonly state: 'no_hello' | 'refused' | 'closed'; readonly error: SensorError };

type Settle = (outcome: WaitOutcome, waiting: WaitingForHello) => void;

/**
 * Reads from a stream until a hello is whole, by 'readable' and `read()`: so that whoever reads next finds the stream as if nobody had, and Node's TLS keeps
 * the system's socket (docs/decisions/0010).
 */
export class WaitingForHello implements Waiter {
  readonly stream: Duplex;
  deadline = 0;
  readonly #settings: Settings;
  readonly #room: WaitingRoom<WaitingForHello>;
  readonly #settle: Settle;
  /** Made where the first bytes are not simply a whole hello. */
  #opening: Opening | null = null;
  #settled = false;

  /**
   * @param room where it waits until it settles
   * @param settle called once, never before the constructor has returned
   */
  constructor(stream: Duplex, settings: Settings, room: WaitingRoom<WaitingForHello>, settle: Settle) {
    this.stream = stream;
    this.#settings = settings;
    this.#room = room;
    this.#settle = settle;
    room.add(this, settings.firstByteTimeout);
    stream.on('error', this.#onError);
    stream.on('close', this.#onClose);
    if (settings.proxyProtocol === 'required' && !this.#isTrusted()) setImmediate(() => this.refuse(untrusted()));
    else stream.on('readable', this.#onReadable);
  }

  /** Ends the waiting from outside. Does nothing where it has ended. */
  refuse(error: SensorError): void {
    this.#fail('refused', error);
  }

  /** Its time is up. */
  expire(): void {
    const received = this.#opening?.received ?? 0;
    const [field, missing] = received === 0 ? ['first_byte', 'no byte'] : ['last_byte', 'no whole hello'];
    this.refuse(new SensorError('hello_late', field!, received, `${missing} came in time`));
  }

  readonly #onReadable = (): void => {
    const chunk: Uint8Array | null = this.stream.read();
    // 'readable' with nothing to read announces the end, and is the last chance to put anything back.
    if (chunk === null) this.#fail('no_hello', this.#incomplete());
    else if (this.#opening === null) this.#takeFirst(chunk);
    else this.#take(this.#opening, chunk);
  };

  #takeFirst(chunk: Uint8Array): void {
    if (this.#settings.proxyProtocol === null) {
      const hello = wholeClientHello(chunk);
      if (hello !== null && hello.raw.length <= this.#settings.maxHelloBytes) {
        this.#found(hello, null, chunk);
        return;
      }
    }
    this.#opening = new Opening({ maxHelloBytes: this.#settings.maxHelloBytes, proxyHeader: this.#proxyHeader() });
    this.#room.extend(this, this.#settings.lastByteTimeout);
    // An end that lies behind these bytes already is not announced by 'readable' any more.
    this.stream.on('end', this.#onEnd);
    this.#take(this.#opening, chunk);
  }

  #take(opening: Opening, chunk: Uint8Array): void {
    const outcome = opening.push(chunk);
    switch (outcome.state) {
      case 'need_more':
        break;
      case 'hello':
        this.#found(outcome.hello, opening.proxy, opening.bytes);
        break;
      default:
        this.#fail(outcome.state, outcome.error);
    }
  }

  #found(hello: ClientHello, proxy: ProxyHeader | null, bytes: Uint8Array): void {
    this.#end(this.#settings.putBack ? bytes : null);
    this.#settle({ state: 'hello', hello, proxy, bytes }, this);
  }

  #fail(state: 'no_hello' | 'refused' | 'closed', error: SensorError): void {
    if (this.#settled) return;
    this.#end(this.#opening?.bytes ?? null);
    this.#settle({ state, error }, this);
  }

  /** Leaves the stream as it would be without. */
  #end(bytes: Uint8Array | null): void {
    this.#settled = true;
    this.#room.delete(this);
    const { stream } = this;
    stream.off('error', this.#onError);
    stream.off('close', this.#onClose);
    stream.off('readable', this.#onReadable);
    if (this.#opening !== null) stream.off('end', this.#onEnd);
    if (bytes !== null && bytes.length > 0 && !stream.readableEnded && !stream.destroyed) stream.unshift(bytes);
  }

  readonly #onEnd = (): void => this.#fail('no_hello', this.#incomplete());

  readonly #onError = (cause: Error): void => this.#fail('closed', this.#incomplete(cause));

  readonly #onClose = (): void => this.#fail('closed', this.#incomplete());

  #incomplete(cause?: Error): SensorError {
    const message = 'the connection ended before its hello was whole';
    const received = this.#opening?.received ?? 0;
    return new SensorError('hello_incomplete', 'client_hello', received, message, cause && { cause });
  }

  #isTrusted(): boolean {
    return this.#settings.trusted.has(this.stream instanceof Socket ? this.stream.remoteAddress : undefined);
  }

  #proxyHeader(): 'none' | 'optional' | 'required' | 'refused' {
    const { proxyProtocol } = this.#settings;
    if (proxyProtocol === null) return 'none';
    return this.#isTrusted() ? proxyProtocol : 'refused';
  }
}
