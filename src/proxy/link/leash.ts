import type { Duplex } from 'node:stream';
import type { SensorError } from '../../errors.js';
import type { EndSignal } from '../ending.js';

/** An error that comes while nobody waits for one is found out by whoever waits next: the stream is destroyed then. */
function ignore(): void {}

/** What a wait hands to whoever begins it. */
export interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: SensorError) => void;
}

/**
 * One attempt to link to one host: the stream it has got to, the time it has left, and the client's patience. When either is over, or the stream fails, the stream is
 * destroyed and what is being waited for is rejected. One timer and one listener for the signal at a time; neither outlives {@link release}.
 */
export class Leash {
  readonly #signal: EndSignal;
  readonly #gone: () => SensorError;
  readonly #onAbort = () => this.#cut(this.#gone());
  #timer: NodeJS.Timeout | undefined;
  #stream: Duplex | null = null;
  #ended: SensorError | null = null;
  #reject: ((error: SensorError) => void) | null = null;

  /** @param gone what to say when the signal fires */
  constructor(signal: EndSignal, gone: () => SensorError) {
    this.#signal = signal;
    this.#gone = gone;
    if (signal.aborted) this.#ended = gone();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** From now on this is the stream that ends with the leash. One it takes the place of is left to itself (TLS holds the socket under it). */
  hold(stream: Duplex): void {
    this.#stream?.off('error', ignore);
    this.#stream = stream;
    stream.on('error', ignore);
    if (this.#ended !== null) stream.destroy();
  }

  /** Sets the time that is left, in milliseconds, in place of what was. */
  limit(milliseconds: number, late: () => SensorError): void {
    clearTimeout(this.#timer);
    if (this.#ended === null) this.#timer = setTimeout(() => this.#cut(late()), milliseconds).unref();
  }

  /**
   * Waits for one thing of the stream.
   *
   * @param failed what its error means, or its end without one (null)
   * @param begin sets out; what it returns takes its listeners off again, and is called once whatever happens
   */
  wait<T>(failed: (error: Error | null) => SensorError, begin: (waiting: Waiting<T>) => () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const stream = this.#stream;
      if (this.#ended !== null || stream === null || stream.destroyed) {
        reject(this.#ended ?? failed(stream?.errored ?? null));
        return;
      }
      let stop: (() => void) | null = null;
      let settled = false;
      const settle = () => {
        if (settled) return false;
        settled = true;
        this.#reject = null;
        stream.off('error', onError).off('close', onClose);
        stop?.();
        return true;
      };
      const fail = (error: SensorError) => {
        if (settle()) reject(error);
      };
      const onError = (error: Error) => fail(failed(error));
      const onClose = () => fail(failed(stream.errored));
      stream.on('error', onError).on('close', onClose);
      this.#reject = fail;
      const stopListening = begin({
        resolve: (value) => {
          if (settle()) resolve(value);
        },
        reject: fail,
      });
      // It may have come about at once.
      if (settled) stopListening();
      else stop = stopListening;
    });
  }

  /**
   * Lets go of the stream: no timer, and no listener of ours on it or on the signal.
   *
   * @throws SensorError where it has ended in the meantime
   */
  release(failed: (error: Error | null) => SensorError): void {
    const stream = this.#stream;
    if (this.#ended !== null) throw this.#ended;
    if (stream?.destroyed === true) throw failed(stream.errored);
    this.#stop();
    stream?.off('error', ignore);
    this.#stream = null;
  }

  /** Ends everything. The stream's listener for errors stays: one may still be on its way. */
  destroy(): void {
    this.#stop();
    this.#stream?.destroy();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #cut(error: SensorError): void {
    this.#ended = error;
    this.destroy();
    this.#reject?.(error);
  }
}
