import type { Endpoint } from '../endpoint.js';
import type { Fingerprint, FingerprintValue, KnownViews } from './fingerprint.js';
import type { ClientHello, Transport } from './hello.js';

/** A point in capture time, exact to what the capture recorded. */
export interface Timestamp {
  /** Whole seconds since 1970-01-01 UTC; may be negative. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
  /** Decimal digits the capture's clock has, 0 to 9: how many to print. */
  readonly digits: number;
}

/** The ServerHello that answered, where it was asked for and seen. */
export interface ServerObservation {
  readonly ja3s: FingerprintValue;
  readonly helloRetryRequest: boolean;
}

/** A hello seen on a connection. */
export interface Observation {
  /** Name the capture was opened under; `-` for standard input. */
  readonly file: string;
  /** Number, from 1, of the packet that completes the hello. */
  readonly frame: number;
  /** Capture time of that packet. */
  readonly timestamp: Timestamp;
  readonly transport: Transport;
  /** The client's end, innermost where packets are tunnelled. */
  readonly src: Endpoint;
  readonly dst: Endpoint;
  /** The source a PROXY header announced before the hello. */
  readonly proxiedSrc: Endpoint | null;
  /** The protocol whose STARTTLS led here (`imap`, `pop3`, `smtp`, …); null where TLS began with the first byte. */
  readonly starttls: string | null;
  readonly hello: ClientHello;
  readonly fingerprint: Fingerprint;
  /** This hello answers a HelloRetryRequest (RFC 8446 section 4.1.4). */
  readonly retry: boolean;
  readonly server: ServerObservation | null;
}

/** What is stored of an observation, or what a log tells of one: plain values, and none of the hello's secrets. */
export interface ObservationRow {
  readonly timestamp: Timestamp;
  readonly transport: Transport;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly proxiedSrc: Endpoint | null;
  readonly starttls: string | null;
  readonly sni: string | null;
  readonly alpn: readonly string[] | null;
  /** Highest version offered, `1.3`. */
  readonly tlsVersion: string | null;
  readonly retry: boolean;
  readonly fingerprint: KnownViews;
}
