import { SensorError } from '../errors.js';
import { type ProxyHeader, readProxyHeader } from '../haproxy/index.js';
import type { ClientHello } from '../model/index.js';
import { HelloStream } from '../tls/index.js';
import { FIRST_BUFFER_BYTES } from './limits.js';

/**
 * - `need_more`: the hello is not whole yet.
 * - `hello`: here it is.
 * - `no_hello`: what comes is no hello that can be used; the connection may go on with it.
 * - `refused`: the PROXY header is missing or broken; who the client is cannot be known, so the connection must end.
 */
export type OpeningOutcome =
  | { readonly state: 'need_more' }
  | { readonly state: 'hello'; readonly hello: ClientHello }
  | { readonly state: 'no_hello'; readonly error: SensorError }
  | { readonly state: 'refused'; readonly error: SensorError };

export interface OpeningOptions {
  readonly maxHelloBytes: number;
  /** What is expected before the hello; `refused`: a PROXY header would come from a peer that is not trusted. */
  readonly proxyHeader: 'none' | 'optional' | 'required' | 'refused';
}

const NEED_MORE: OpeningOutcome = { state: 'need_more' };
const NOTHING = new Uint8Array(0);

/** The first bytes of a connection, up to the end of its hello: a PROXY header where one may come, then TLS. Keeps what it is given, to be put back. */
export class Opening {
  readonly #stream: HelloStream;
  #proxyHeader: OpeningOptions['proxyHeader'];
  #proxy: ProxyHeader | null = null;
  /** What has come but for the PROXY header. */
  #kept: Uint8Array = NOTHING;
  #length = 0;
  #received = 0;

  constructor(options: OpeningOptions) {
    this.#stream = new HelloStream({ maxHelloBytes: options.maxHelloBytes });
    this.#proxyHeader = options.proxyHeader;
  }

  /** The PROXY header, once it has been read. */
  get proxy(): ProxyHeader | null {
    return this.#proxy;
  }

  /** Bytes that have come, the PROXY header included. */
  get received(): number {
    return this.#received;
  }

  /** Everything behind the PROXY header, as it came. Valid until the next push. */
  get bytes(): Uint8Array {
    return this.#kept.subarray(0, this.#length);
  }

  /** Takes the next bytes. Not to be called again after another outcome than `need_more`. @param chunk not to be written to any more */
  push(chunk: Uint8Array): OpeningOutcome {
    this.#received += chunk.length;
    this.#keep(chunk);
    if (this.#proxyHeader === 'optional' || this.#proxyHeader === 'required') return this.#readProxyHeader();
    return this.#readHello(chunk);
  }

  #readProxyHeader(): OpeningOutcome {
    const outcome = readProxyHeader(this.bytes);
    switch (outcome.state) {
      case 'need_more':
        return NEED_MORE;
      case 'rejected':
        return { state: 'refused', error: outcome.error };
      case 'none':
        if (this.#proxyHeader === 'required') {
          const error = new SensorError('proxy_missing', 'signature', 0, 'a connection without a PROXY header');
          return { state: 'refused', error };
        }
        break;
      case 'done':
        this.#proxy = outcome.header;
        this.#kept = this.#kept.subarray(outcome.consumed, this.#length);
        this.#length = this.#kept.length;
    }
    this.#proxyHeader = 'none';
    return this.#length === 0 ? NEED_MORE : this.#readHello(this.bytes);
  }

  #readHello(chunk: Uint8Array): OpeningOutcome {
    const outcome = this.#stream.push(chunk);
    if (outcome.state === 'need_more') return NEED_MORE;
    if (outcome.state === 'done') return { state: 'hello', hello: outcome.hello };
    return { state: 'no_hello', error: this.#isForeignHeader() ? untrusted() : outcome.error };
  }

  /** Says rather what is the matter than that it is no TLS, as far as it can be told. */
  #isForeignHeader(): boolean {
    if (this.#proxyHeader !== 'refused') return false;
    const { state } = readProxyHeader(this.bytes);
    return state === 'done' || state === 'rejected';
  }

  #keep(chunk: Uint8Array): void {
    if (this.#length === 0) {
      // The common case: all comes at once, and is put back as it is.
      this.#kept = chunk;
      this.#length = chunk.length;
      return;
    }
    const needed = this.#length + chunk.length;
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#kept.length, FIRST_BUFFER_BYTES));
      larger.set(this.bytes);
      this.#kept = larger;
    }
    this.#kept.set(chunk, this.#length);
    this.#length = needed;
  }
}

export function untrusted(): SensorError {
  return new SensorError(
    'proxy_untrusted',
    'source',
    0,
    'a PROXY header from, or expected of, a peer that is not trusted',
  );
}
