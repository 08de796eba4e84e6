import type { ByteHolder } from '../bytes/budget.js';
import type { Continuity, Direction, Moment } from '../capture/index.js';
import type { Endpoint } from '../endpoint.js';
import { SensorError } from '../errors.js';
import type { ClientHello } from '../model/index.js';
import {
  afterChangeCipherSpec,
  HelloStream,
  helloMayFollow,
  RECORD_HEADER_BYTES,
  SplitHello,
  wholeClientHello,
} from '../tls/index.js';
import { randomOf, same } from './bytes.js';
import type { Reporter, SessionHost } from './host.js';
import { leastRemembered, unfinishedOverhead } from './limits.js';

/** How the connection came to TLS. */
export interface TlsOrigin {
  /** The client a PROXY header announced. */
  readonly proxiedSrc: Endpoint | null;
  /** The dialect that led to TLS; null where TLS began by itself. */
  readonly starttls: string | null;
}

const bare: TlsOrigin = { proxiedSrc: null, starttls: null };

const NOTHING = new Uint8Array(0);

/** Stands for a hello that was seen and could not be remembered. */
const unremembered = new Uint8Array(0);

/** A connection on which TLS has begun: the client's records are read for hellos until none can come any more, the server's for their answers. */
export class TlsSession implements ByteHolder, Reporter {
  readonly slot: number;
  readonly client: Direction;
  readonly proxiedSrc: Endpoint | null;
  readonly starttls: string | null;
  at: Moment | null = null;

  readonly #host: SessionHost;
  /** The client may still send a hello. */
  #open = true;
  /** The first hello, as long as it is gathered and comes in the plainest way. */
  #split: SplitHello | null = null;
  /** null while the client stands at the start of a record and nothing else is unfinished: most connections never need one. */
  #stream: HelloStream | null = null;
  #server: HelloStream<'server'> | null = null;
  #serverHeard = false;
  /** The last hello, as sent. */
  #last: Uint8Array | null = null;
  /** Bytes of a hello that is not complete. */
  #partial = 0;
  /** The host was told of bytes held. */
  #holds = false;

  constructor(slot: number, client: Direction, host: SessionHost, origin: TlsOrigin = bare) {
    this.slot = slot;
    this.client = client;
    this.proxiedSrc = origin.proxiedSrc;
    this.starttls = origin.starttls;
    this.#host = host;
    if (host.wantsServer) this.#server = new HelloStream({ side: 'server' });
    host.tlsBegan();
  }

  /** @returns the directions still wanted, as StreamSink has it */
  bytes(direction: Direction, chunk: Uint8Array, how: Continuity): number {
    if (direction !== this.client) {
      if (how === 'next' || !this.#serverHeard) this.serverBytes(chunk);
      else this.#endServer();
    } else if (how === 'next' || (this.#last === null && this.#partial === 0)) {
      this.clientBytes(chunk);
    } else if (this.#last === null) {
      this.#reject(incomplete(this.#partial, 'a segment of the hello is missing'));
    } else this.#endClient();
    return this.wanted;
  }

  get wanted(): number {
    return (this.#open ? 1 << this.client : 0) | (this.#server === null ? 0 : 2 >> this.client);
  }

  /** The next bytes of the client. */
  clientBytes(chunk: Uint8Array): void {
    // Made to let go in the middle of a hello: what comes now is no beginning.
    if (!this.#open) return;
    if (this.#stream !== null) this.#push(this.#stream, chunk);
    else if (this.#split !== null) this.#gather(this.#split, chunk);
    else if (this.#last !== null) this.#afterHello(chunk);
    else this.#begin(chunk);
  }

  /** The first bytes. */
  #begin(chunk: Uint8Array): void {
    const hello = wholeClientHello(chunk);
    if (hello !== null) {
      this.#found(hello);
      this.#afterHello(chunk.subarray(RECORD_HEADER_BYTES + hello.raw.length));
      return;
    }
    this.#split = SplitHello.begin(chunk);
    if (this.#split === null) this.#follow(chunk);
    else this.#hold(chunk.length, unfinishedOverhead + this.#split.size);
  }

  #gather(split: SplitHello, chunk: Uint8Array): void {
    const taken = split.push(chunk);
    this.#partial += taken;
    if (!split.complete) return;
    this.#split = null;
    const hello = split.hello();
    if (hello === null) {
      // It is broken, and the stream says how.
      this.#partial = 0;
      this.#follow(split.gathered);
      return;
    }
    this.#found(hello);
    this.#afterHello(taken === chunk.length ? NOTHING : chunk.subarray(taken));
  }

  /** At the start of a record that comes after a hello. */
  #afterHello(rest: Uint8Array): void {
    const at = afterChangeCipherSpec(rest);
    if (at === rest.length) return;
    if (helloMayFollow(rest, at)) this.#follow(at === 0 ? rest : rest.subarray(at));
    else this.#endClient();
  }

  #follow(chunk: Uint8Array): void {
    this.#stream = new HelloStream();
    this.#push(this.#stream, chunk);
  }

  /** Goes on with a stream that has just brought a hello; `rest` is what follows it. */
  resume(stream: HelloStream, hello: ClientHello, rest: Uint8Array): void {
    this.#stream = stream;
    this.#found(hello);
    this.#push(stream, rest);
  }

  /** The next bytes of the server. */
  serverBytes(chunk: Uint8Array): void {
    this.#serverHeard = true;
    let rest = chunk;
    while (rest.length > 0 && this.#server !== null) {
      const outcome = this.#server.push(rest);
      if (outcome.state === 'need_more') return;
      if (outcome.state === 'rejected') {
        this.#endServer();
        return;
      }
      rest = rest.subarray(outcome.consumed);
      this.#host.serverHello(this, outcome.hello);
      // RFC 8446 section 4.1.4: after a HelloRetryRequest another ServerHello follows.
      if (!outcome.hello.helloRetryRequest) this.#server = null;
    }
  }

  /** The connection ended, or the capture did. */
  closed(): void {
    if (this.#open && this.#partial > 0 && this.#last === null) {
      this.#reject(incomplete(this.#partial, 'the connection ends inside a hello'));
    }
    this.#finish();
  }

  dropHeld(): void {
    this.#finish();
  }

  #push(stream: HelloStream, chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0 && this.#open) {
      const outcome = stream.push(rest);
      switch (outcome.state) {
        case 'need_more':
          this.#hold(rest.length, unfinishedOverhead + this.#partial + rest.length);
          return;
        case 'rejected':
          if (this.#last === null) this.#reject(outcome.error);
          else this.#endClient();
          return;
        case 'done':
          rest = rest.subarray(outcome.consumed);
          this.#found(outcome.hello);
      }
    }
  }

  /** More bytes of a hello that is not complete, and the memory all of them take. */
  #hold(count: number, size: number): void {
    this.#partial += count;
    this.#holds = true;
    this.#host.holds(this, size);
  }

  #holdNothing(): void {
    this.#partial = 0;
    if (!this.#holds) return;
    this.#holds = false;
    this.#host.holds(this, 0);
  }

  #found(hello: ClientHello): void {
    const last = this.#last;
    this.#holdNothing();
    this.#forget();
    this.#last = this.#host.mayRemember(cost(hello.raw)) ? hello.raw : unremembered;
    if (last !== null && same(last, hello.raw)) {
      this.#host.repeat();
      return;
    }
    // RFC 8446 section 4.1.2: the hello after a HelloRetryRequest repeats the first one's random. A second hello has hardly another reason.
    const retry = last !== null && (last === unremembered || same(randomOf(last), hello.random));
    this.#host.hello(this, hello, retry);
  }

  #endServer(): void {
    this.#server = null;
    this.#host.noServerHello(this);
  }

  /** No further hello of the client. */
  #endClient(): void {
    this.#open = false;
    this.#stream = null;
    this.#split = null;
    this.#holdNothing();
    this.#forget();
    this.#last = null;
  }

  #forget(): void {
    if (this.#last !== null && this.#last !== unremembered) this.#host.forgets(cost(this.#last));
  }

  #reject(error: SensorError): void {
    this.#host.rejected(this, this.client, error);
    this.#finish();
  }

  #finish(): void {
    this.#endClient();
    if (this.#host.wantsServer) this.#endServer();
  }
}

/** What a remembered hello counts. */
function cost(hello: Uint8Array): number {
  return Math.max(hello.length, leastRemembered);
}

function incomplete(offset: number, message: string): SensorError {
  return new SensorError('hello_incomplete', 'handshake', offset, message);
}
