import type { ByteHolder } from '../bytes/budget.js';
import type { Direction, Moment } from '../capture/index.js';
import type { Endpoint } from '../endpoint.js';
import type { SensorError } from '../errors.js';
import type { ClientHello, ServerHello } from '../model/index.js';
import type { TlsSession } from './tls-session.js';

/** What is said of the connection when something is reported of it. */
export interface Reporter {
  readonly slot: number;
  /** The packet that completes what is being reported, where that is not the one being handed on. */
  readonly at: Moment | null;
  /** The client a PROXY header announced. */
  readonly proxiedSrc: Endpoint | null;
}

/** What a TLS session reports. */
export interface SessionHost {
  /** Rows wait for their ServerHello: the server's bytes are wanted too. */
  readonly wantsServer: boolean;
  tlsBegan(): void;
  hello(session: TlsSession, hello: ClientHello, retry: boolean): void;
  serverHello(session: TlsSession, hello: ServerHello): void;
  /** No ServerHello will come any more. */
  noServerHello(session: TlsSession): void;
  repeat(): void;
  rejected(from: Reporter, client: Direction, error: SensorError): void;
  /** States how many bytes someone keeps now. */
  holds(holder: ByteHolder, bytes: number): void;
  /** Asks whether the bytes of a hello may be kept, to tell a repeat or a retry by; `forgets` gives them back. */
  mayRemember(bytes: number): boolean;
  forgets(bytes: number): void;
}

/** What the search for the start of TLS reports and asks, besides. */
export interface PreludeHost extends SessionHost {
  /** The packet whose bytes are being handed on. */
  moment(): Moment;
  /** The direction that opened the connection, as far as the capture shows. */
  opener(slot: number): Direction;
  /** From here on the session is given the connection's bytes. */
  handOver(session: TlsSession): void;
}
