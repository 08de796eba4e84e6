import type { Endpoint } from '../endpoint.js';
import type { KnownValue } from './fingerprint.js';
import type { Timestamp } from './observation.js';

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
