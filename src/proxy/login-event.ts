import type { Endpoint } from '../endpoint.js';
import type { LoginOutcome, ObservationRow, ProxiedLogin, Recognition, Timestamp, Verdict } from '../model/index.js';
import type { ConnectionFingerprint } from '../socket/index.js';
import type { Accepted } from './accepted.js';
import type { ReasonCode } from './dialogue.js';

/** What is known of the client when something is told of it. */
export interface KnownClient {
  /** Its end and ours, and the connection's name: as accepted, or as a trusted peer claims. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly session: string;
  readonly fingerprint: ConnectionFingerprint | null;
  readonly recognition: Recognition | null;
  /** TLS that ends here, as negotiated. */
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  /** There is TLS: here, in front of us, or behind us. */
  readonly secured: boolean;
  readonly clientId: ProxiedLogin['clientId'];
}

/** What happened. */
export interface LoginWords {
  readonly outcome: LoginOutcome | 'unseen';
  /** 1 for the connection's first attempt, 0 where there was none. */
  readonly attempt: number;
  readonly user: string | null;
  readonly mechanism: string | null;
  readonly backend: string | null;
  readonly reason: string | null;
  readonly reasonCode: ReasonCode | null;
  readonly verdict?: Verdict | null;
}

/** A line of the login log, for now. */
export function loginEvent(accepted: Accepted, client: KnownClient, words: LoginWords): ProxiedLogin {
  const { listener, startedAt } = accepted;
  const { fingerprint, recognition, tls } = client;
  const now = Date.now();
  const hello = fingerprint?.hello ?? null;
  return {
    time: timestamp(now),
    session: client.session,
    protocol: listener.protocol === 'sieve' ? 'managesieve' : listener.protocol,
    user: words.user,
    remote: client.remote,
    local: client.local,
    mechanism: words.mechanism,
    outcome: words.outcome,
    reason: words.reason,
    reasonCode: words.reasonCode,
    tls: client.secured,
    sslJa3: null,
    ja3: fingerprint?.ja3 ?? null,
    ja4: fingerprint?.ja4?.hash ?? null,
    listener: listener.name,
    mode: listener.mode,
    starttls: listener.tls === 'starttls' && hello !== null,
    tlsVersion: tls?.version ?? null,
    cipher: tls?.cipher ?? null,
    sni: hello?.serverName ?? null,
    alpn: hello?.alpn ?? null,
    fingerprint,
    recognition,
    clientId: client.clientId,
    ...(words.verdict && { verdict: words.verdict }),
    backend: words.backend,
    attempt: words.attempt,
    duration: now - startedAt,
  };
}

/** A hello for the database, as it was seen just now. */
export function helloRow(
  { listener, remote, local }: Accepted,
  fingerprint: ConnectionFingerprint,
  retry = false,
): ObservationRow {
  return {
    timestamp: timestamp(Date.now()),
    transport: 'tcp',
    src: remote,
    dst: local,
    proxiedSrc: null,
    starttls: listener.tls === 'starttls' ? dialectName[listener.protocol] : null,
    sni: fingerprint.hello.serverName,
    alpn: fingerprint.hello.alpn,
    tlsVersion: fingerprint.offeredVersion,
    retry,
    fingerprint,
  };
}

/** Words for the `starttls` column, as captures have them. */
const dialectName = { imap: 'imap', pop3: 'pop3', submission: 'smtp', smtp: 'smtp', sieve: 'sieve' } as const;

/** @param milliseconds since 1970 */
function timestamp(milliseconds: number): Timestamp {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: (milliseconds - 1000 * seconds) * 1_000_000, digits: 3 };
}
