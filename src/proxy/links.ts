import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../endpoint.js';
import type { ForwardedIdentity } from './attempt.js';
import type { BackendDialogue, BackendIntroduction, Protocol } from './dialogue.js';
import type { EndSignal } from './ending.js';
import type { BackendOptions } from './options.js';

/** Whom a link is made for. */
export interface LinkRequest {
  readonly backend: BackendOptions;
  readonly protocol: Protocol;
  /** For the PROXY header. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** TLS that ends here, for the header's SSL TLV; null: none, or it is passed through. */
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  /** For the AUTHORITY TLV. */
  readonly serverName: string | null;
  /** For IMAP ID and XCLIENT. */
  readonly identity: ForwardedIdentity | null;
  /** Ends the attempt to link: the client has gone. */
  readonly signal: EndSignal;
}

/** A backend that is ready for `dialogue.begin`. Whoever asked reads the stream from now on, and closes it. */
export interface ReadyLink {
  readonly stream: Duplex;
  readonly dialogue: BackendDialogue;
  readonly introduction: BackendIntroduction;
  /** `name (host:port)`. */
  readonly host: string;
}

/** A backend that waits for a client's TLS: connected, the PROXY header sent, and STARTTLS agreed where that was asked for. */
export interface RawLink {
  readonly socket: Socket;
  readonly host: string;
}

/** Connections to backends: hosts in turn, the healthy first. Rejections are `SensorError`s whose code is a {@link ReasonCode} of a `proxy_dest_…`. */
export interface Links {
  ready(request: LinkRequest): Promise<ReadyLink>;
  /** @param starttls the backend is talked to in clear until it agrees to TLS */
  raw(request: LinkRequest, starttls: boolean): Promise<RawLink>;
  /** What the backend said of itself last, to a client or a health check; null while it has said nothing. */
  introduction(backend: string): BackendIntroduction | null;
  /** Ends health checks. Links that were handed out live on. */
  close(): void;
}
