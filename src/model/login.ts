import type { Endpoint } from '../endpoint.js';
import type { FingerprintValue, KnownValue, OpenSslGeneration } from './fingerprint.js';
import type { Timestamp } from './observation.js';
import type { Recognition } from './recognition.js';
import type { Verdict } from './verdict.js';

/** `succeeded`: the user is in. `failed`: wrong credentials. `refused`: not tried, or a policy said no. `none`: the client left before it tried. */
export type LoginOutcome = 'succeeded' | 'failed' | 'refused' | 'none';

/** One authentication attempt, as far as it is known: a log line tells less than a proxy. Never with a password or SASL data. */
export interface LoginEvent {
  readonly time: Timestamp;
  /** The server's own name for the connection, unique for some days; null where it gave none. */
  readonly session: string | null;
  /** `imap`, `pop3`, `submission`, `managesieve`, … */
  readonly protocol: string;
  /** As the server wrote it; null where none was given. */
  readonly user: string | null;
  /** The client's end. Port 0 where it is not known. */
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  readonly mechanism: string | null;
  readonly outcome: LoginOutcome;
  /** Why, in the server's words; null where it said nothing. */
  readonly reason: string | null;
  /** True: inside TLS. */
  readonly tls: boolean;
  /** What Dovecot's elements say of the hello. The OpenSSL generation is not known. */
  readonly sslJa3: KnownValue | null;
  readonly ja3: KnownValue | null;
  readonly ja4: string | null;
}

/** Every view of one hello, for both OpenSSL generations. */
export interface HelloFingerprint {
  readonly ja3: FingerprintValue;
  readonly ja3n: FingerprintValue;
  readonly sslJa3: Readonly<Record<OpenSslGeneration, FingerprintValue>>;
  /** null where signature_algorithms, ALPN or supported_versions is malformed. */
  readonly ja4: FingerprintValue | null;
}

/** A login that went through the proxy, or a connection that came to none. Never with a password or SASL data. */
export interface ProxiedLogin extends Omit<LoginEvent, 'outcome'> {
  /** `unseen`: TLS was passed through, so that only the backend knows. */
  readonly outcome: LoginOutcome | 'unseen';
  readonly session: string;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** The listener's name. */
  readonly listener: string;
  readonly mode: 'terminated' | 'passed_through';
  /** TLS began by STARTTLS or STLS. */
  readonly starttls: boolean;
  /** Negotiated: `TLSv1.3`; null without TLS, and where it was passed through. */
  readonly tlsVersion: string | null;
  /** Negotiated, as OpenSSL names it: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string | null;
  readonly sni: string | null;
  /** What the hello offers, as ALPN names; null without the extension. */
  readonly alpn: readonly string[] | null;
  /** null without TLS, and where no hello could be read. */
  readonly fingerprint: HelloFingerprint | null;
  /** null where nothing was asked for a name. */
  readonly recognition: Recognition | null;
  /** Pairs of the client's IMAP ID; null where it sent none. */
  readonly clientId: readonly (readonly [name: string, value: string | null])[] | null;
  /** Stable word for why, as Dovecot 2.4's `event_reason`; null where the login succeeded. `reason` has the words for people. */
  readonly reasonCode: string | null;
  /** What a policy said; absent where none was asked. */
  readonly verdict?: Verdict;
  /** `name (host:port)` of the backend that was asked; null where none was. */
  readonly backend: string | null;
  /** 1 for the first attempt of its connection, 0 where there was none. */
  readonly attempt: number;
  /** Milliseconds from the connection's beginning. */
  readonly duration: number;
}

/** One whose outcome the proxy saw. */
export interface SeenLogin extends ProxiedLogin {
  readonly outcome: LoginOutcome;
}

/** What is recorded: what a log tells, or what a proxy saw. Of the latter `fingerprint` counts, where it is there, and not the single views beside it. */
export type RecordedLogin = LoginEvent | SeenLogin;

/** Names and values of an IMAP ID. */
export type ClientId = NonNullable<ProxiedLogin['clientId']>;
