import type { Endpoint } from '../endpoint.js';
import type { Secret } from './secret.js';

/** What a client hands in to be let in. Names and passwords are bytes, as they came: whether they are UTF-8 is the backend's business. */
export type Credentials =
  /** LOGIN, USER and PASS, SASL PLAIN and LOGIN: the backend dialogue spells it in a way its backend takes. */
  | {
      readonly kind: 'password';
      /** RFC 4616 section 2: whom to act as; empty where that is the user. */
      readonly authorization: Uint8Array;
      readonly user: Uint8Array;
      readonly password: Secret;
    }
  /** Any other SASL mechanism. `initial` is decoded; null where the server speaks first (CRAM-MD5), and then the first challenge is the backend's. */
  | { readonly kind: 'sasl'; readonly initial: Secret | null }
  /** POP3 APOP (RFC 1939 section 7): a digest over the greeting's timestamp, so the greeting must have been the backend's. */
  | { readonly kind: 'apop'; readonly user: Uint8Array; readonly digest: Secret };

/** One authentication attempt, as the dialogue with the client has collected it. */
export interface Attempt {
  /** As the login log calls it, in capitals: `PLAIN` also for LOGIN, USER and PASS, as Dovecot has it; `APOP`, `CRAM-MD5`, `SCRAM-SHA-256`, … */
  readonly mechanism: string;
  /** The name to route and to log by: what the mechanism shows, decoded as UTF-8 with U+FFFD for what is not. null where it shows none yet (CRAM-MD5). */
  readonly user: string | null;
  readonly credentials: Credentials;
  /** IMAP: the tag of the client's command, which the backend is given too, so that its answer needs no rewriting. Empty elsewhere. */
  readonly tag: string;
}

/** How an attempt ended. `unavailable`: not for its credentials; the client may try again later. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'unavailable';

/** What a trusted peer in front of us claims of its client (XCLIENT, XOIP, IMAP ID with `x-originating-…`). What it leaves out is null. */
export interface ClaimedIdentity {
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  readonly session: string | null;
  /** Hops that are left: a fresh client has 7, and who is given 1 must not connect further. */
  readonly ttl: number | null;
  /** `x-client-transport`, CLIENT-TRANSPORT: whether the client has TLS. */
  readonly tls: boolean | null;
  /** `x-connected-name`, DESTNAME: the server name the client asked for. */
  readonly serverName: string | null;
  /** `x-forward-…`, FORWARD: names without that prefix, and values. */
  readonly forward: readonly (readonly [name: string, value: string])[];
}

/** What the backend is told of the client: by IMAP ID, or by XCLIENT. */
export interface ForwardedIdentity {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly session: string;
  readonly ttl: number;
  readonly tls: boolean;
  readonly serverName: string | null;
  readonly forward: readonly (readonly [name: string, value: string])[];
  /** The pairs of the client's own IMAP ID, cleaned of whatever begins with `x-`; null where it sent none. */
  readonly clientId: readonly (readonly [name: string, value: string | null])[] | null;
  /** SMTP: the name of the client's own EHLO, as its dialogue's last `helo` step had it. */
  readonly helo?: string;
}
