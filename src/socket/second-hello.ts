import type { SensorError } from '../errors.js';
import { HelloStream } from '../tls/index.js';
import { type ConnectionFingerprint, connectionFingerprint } from './connection-fingerprint.js';

/**
 * What the client's side said after its hello:
 *
 * - `need_more`: not yet decided.
 * - `retry`: another hello, which answers a HelloRetryRequest (RFC 8446 section 4.1.4). It is the one the server works with.
 * - `goes_on`: the handshake went on with the first one.
 * - `gave_up`: a fatal alert in clear (`fatal_alert`), or what comes is no TLS any more.
 */
export type AfterHello =
  | { readonly state: 'need_more' | 'goes_on' }
  | { readonly state: 'gave_up'; readonly error: SensorError }
  | { readonly state: 'retry'; readonly fingerprint: ConnectionFingerprint };

const NEED_MORE: AfterHello = { state: 'need_more' };

/**
 * Looks on while a client's TLS is passed to its server, and finds the hello that counts. It keeps nothing but a hello that came in part.
 *
 * To be pushed to until it has decided, with everything the client sends from its first byte on.
 */
export class SecondHello {
  readonly #stream = new HelloStream();
  #first: Uint8Array | null = null;

  push(bytes: Uint8Array): AfterHello {
    let rest = bytes;
    for (;;) {
      const outcome = this.#stream.push(rest);
      if (outcome.state === 'need_more') return NEED_MORE;
      // Anything of sound TLS that is no hello: keys are exchanged, or data is sent already.
      if (outcome.state === 'rejected') {
        const { error } = outcome;
        return error.code === 'no_hello' ? { state: 'goes_on' } : { state: 'gave_up', error };
      }
      const { hello, consumed } = outcome;
      if (this.#first === null) this.#first = hello.raw;
      // The same bytes again are no second hello, as in captures.
      else if (Buffer.compare(this.#first, hello.raw) !== 0) {
        return { state: 'retry', fingerprint: connectionFingerprint(hello, null) };
      }
      rest = rest.subarray(consumed);
    }
  }
}
