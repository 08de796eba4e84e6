import type { Socket } from 'node:net';
import { type Accepted, endReason } from '../accepted.js';
import type { ClientDialogue, ClientStep, ReasonCode } from '../dialogue.js';
import { Ending, type EndSignal } from '../ending.js';
import type { LimitOptions } from '../options.js';
import { readPiece } from '../read-piece.js';

/** `start_tls`: the client asked for TLS. `over`: it never will; the goodbye, where there is one, has been written. */
export type ClearEnd = { readonly state: 'start_tls' } | { readonly state: 'over'; readonly reason: ReasonCode };

type RefusedStep = Extract<ClientStep, { step: 'refused' }>;

/**
 * What is said in clear before TLS is passed through. We say it ourselves: nothing a client says in clear ever reaches the backend, so there is nothing to be
 * forged or injected (docs/decisions/0012).
 *
 * The client is read on while it waits for the go-ahead, because only so is it noticed when it leaves; its dialogue throws away what it says then.
 */
export class ClearPart {
  readonly #socket: Socket;
  readonly #signal: EndSignal;
  readonly #dialogue: ClientDialogue;
  readonly #maxBytes: number;
  readonly #refused: (step: RefusedStep) => void;
  readonly #gone = new Ending();
  readonly #late: NodeJS.Timeout;
  #received = 0;
  #end: ClearEnd | null = null;
  #wake: (() => void) | null = null;

  /** @param refused told of attempts in clear, which are refused */
  constructor(
    { socket, signal }: Accepted,
    dialogue: ClientDialogue,
    limits: LimitOptions,
    refused: (step: RefusedStep) => void,
  ) {
    this.#socket = socket;
    this.#signal = signal;
    this.#dialogue = dialogue;
    this.#maxBytes = limits.maxBytesBeforeLogin;
    this.#refused = refused;
    this.#late = setTimeout(() => this.#close('login_timeout'), limits.loginTimeout);
    socket.on('readable', this.#onReadable).on('drain', this.#onReadable);
    socket.on('end', this.#onGone).on('close', this.#onGone).on('error', this.#onGone);
    signal.addEventListener('abort', this.#onAbort);
    this.#take(dialogue.greet());
    if (signal.aborted) this.#onAbort();
    this.#onReadable();
  }

  /** Why it is over; null while it is not. */
  get over(): ReasonCode | null {
    return this.#end?.state === 'over' ? this.#end.reason : null;
  }

  /** Fires when it is over: a link under way is not needed any more. */
  get gone(): EndSignal {
    return this.#gone.signal;
  }

  /** What comes next. To be asked again after {@link refuseTls}. */
  async next(): Promise<ClearEnd> {
    if (this.#end === null) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#end!;
  }

  /** There is no backend for it: the dialogue goes on. */
  refuseTls(): void {
    if (this.over !== null) return;
    this.#end = null;
    this.#take(this.#dialogue.refuseTls());
  }

  /** Gives the go-ahead. From then on the socket is free for TLS. */
  startTls(): void {
    if (this.over !== null) return;
    this.#unlisten();
    // What has come in clear is no part of its TLS. What is still on the way will be taken for TLS, and is none: that ends the connection.
    while (this.#socket.read() !== null);
    for (const step of this.#dialogue.startTls()) if (step.step === 'send') this.#socket.write(step.bytes);
  }

  readonly #onReadable = (): void => {
    // A client that does not take its answers is not asked for more.
    while (this.over === null && !this.#socket.writableNeedDrain) {
      const chunk = readPiece(this.#socket);
      if (chunk === null) return;
      this.#received += chunk.length;
      if (this.#received > this.#maxBytes) this.#close('input_buffer_full');
      else this.#take(this.#dialogue.push(chunk));
    }
  };

  readonly #onGone = (): void => this.#over('client_ssl_not_started');

  readonly #onAbort = (): void => {
    if (this.#socket.destroyed) this.#onGone();
    else this.#close(endReason(this.#signal));
  };

  #close(reason: ReasonCode): void {
    if (this.over !== null) return;
    this.#take(this.#dialogue.close(reason));
    this.#over(reason);
  }

  #take(steps: readonly ClientStep[]): void {
    for (const step of steps) {
      if (this.over !== null) return;
      switch (step.step) {
        case 'send':
          this.#socket.write(step.bytes);
          break;
        case 'start_tls':
          this.#happened({ state: 'start_tls' });
          break;
        case 'refused':
          this.#refused(step);
          break;
        case 'close':
          this.#over(step.reason);
          break;
        case 'attempt':
        case 'proceed':
          // Not from a dialogue without mechanisms that asks for TLS first.
          this.#take(this.#dialogue.finish('unavailable', null));
          break;
        default:
          // Who it says it is in clear counts for nothing: its backend hears of it inside TLS.
          break;
      }
    }
  }

  #over(reason: ReasonCode): void {
    if (this.over !== null) return;
    this.#unlisten();
    this.#happened({ state: 'over', reason });
    this.#gone.abort(reason); // a reason of our own: Node's costs a stack trace
  }

  #happened(end: ClearEnd): void {
    this.#end = end;
    this.#wake?.();
    this.#wake = null;
  }

  #unlisten(): void {
    clearTimeout(this.#late);
    const socket = this.#socket;
    socket.off('readable', this.#onReadable).off('drain', this.#onReadable);
    socket.off('end', this.#onGone).off('close', this.#onGone).off('error', this.#onGone);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
