import type { ClientId, Recognition, ToldViews } from '../model/index.js';

/** A login as rules see it, from whichever side it was told: a mail server's request over HTTP, or the proxy in the same process. Never with a password or its hash. */
export interface PolicyLogin {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The connection's name; null where none was told. */
  readonly session: string | null;
  /** As it was told; null where it is empty. */
  readonly user: string | null;
  /** The client's address, without zone and not IPv4-mapped; null where it was none. */
  readonly remote: string | null;
  /** `imap`, `pop3`, `submission`, `sieve`, `smtp`, `lmtp`, …: lower case, Dovecot's service names. */
  readonly protocol: string | null;
  /** The server's port; null where it was not told. */
  readonly port: number | null;
  readonly sni: string | null;
  /** Upper case: `PLAIN`. */
  readonly mechanism: string | null;
  /** As whoever asks knows it. */
  readonly tls: boolean;
  /** Negotiated: `TLSv1.3`. */
  readonly tlsVersion: string | null;
  readonly clientId: ClientId | null;
  readonly views: ToldViews;
  readonly client: SeenClient;
}

/** What the views say of the client. */
export interface SeenClient {
  /**
   * The device key: the same for one client whether it resumes a session or not, whatever the server's name, in whatever order its extensions come, and whether
   * Dovecot 2.4 told of it natively or a proxy forwarded it. null: no hello, or a hash that nobody knows the string of and that cannot be one.
   */
  readonly device: string | null;
  /**
   * Device keys that the same client has had, or would have, where nothing but a hash of what was told is known: so that it stays the same one once the string becomes known.
   * Without `device` itself.
   */
  readonly aliases: readonly string[];
  /** null: nothing was asked for a name. */
  readonly recognition: Recognition | null;
}

/** How it went. `refused` by a policy counts as `policy`. */
export interface LoginReport {
  readonly success: boolean;
  readonly policyReject: boolean;
  /** Dovecot's fail_type; null: none was told, or it succeeded. */
  readonly failType: string | null;
}
