import type { Attempt, AttemptOutcome, ClaimedIdentity, ForwardedIdentity } from './attempt.js';

/** The mail protocols whose logins are understood. `smtp` is submission on another port, where mail may come without a login. */
export type Protocol = 'imap' | 'pop3' | 'submission' | 'smtp' | 'sieve';

/**
 * Why a connection ended without a login, or a login failed: Dovecot 2.4's event reasons where it has one, and a few for what it has none.
 */
export type ReasonCode =
  | 'no_auth_attempts'
  | 'auth_failed'
  | 'auth_aborted_by_client'
  | 'auth_waiting_client'
  | 'tls_handshake_not_finished'
  | 'client_ssl_not_started'
  | 'cleartext_auth_disabled'
  | 'invalid_mech'
  | 'invalid_base64'
  | 'connection_limit'
  | 'shutting_down'
  | 'internal_failure'
  | 'temp_fail'
  | 'proxy_dest_connect_failed'
  | 'proxy_dest_protocol_failure'
  | 'proxy_dest_remote_failure'
  | 'proxy_dest_internal_failure'
  | 'proxy_dest_auth_failed'
  | 'proxy_dest_auth_temp_failed'
  | 'input_buffer_full'
  | 'too_many_bad_commands'
  | 'login_timeout'
  | 'policy_refused'
  | 'logged_out';

/**
 * A dialogue is a pure machine: bytes go in, steps come out in the order they must be taken; no socket, no clock. Bytes it cannot use yet it keeps itself, up to
 * a named limit. What it is given is hostile, on both sides.
 */
export type ClientStep =
  | { readonly step: 'send'; readonly bytes: Uint8Array }
  /**
   * The client asked for TLS and may have it. The go-ahead is not among the steps: `startTls()` gives it once TLS can begin. Whatever the client sent behind its command
   * has been thrown away, and whatever comes in clear from here on must be.
   */
  | { readonly step: 'start_tls' }
  /** The client logs in. Until `finish` the dialogue answers nothing: it keeps what comes, up to its limit. */
  | { readonly step: 'attempt'; readonly attempt: Attempt }
  /** The client's answer to a challenge, decoded; null where it gave up (`*`). */
  | { readonly step: 'response'; readonly response: Uint8Array | null }
  /** A peer that may (`trusted`) claims who its client is. */
  | { readonly step: 'claim'; readonly identity: ClaimedIdentity }
  /** The client's own IMAP ID, `x-…` taken out. */
  | { readonly step: 'client_id'; readonly pairs: readonly (readonly [name: string, value: string | null])[] }
  /** SMTP: the name of the client's EHLO or HELO, each time it says it; not where it is no host name or address literal. For {@link ForwardedIdentity.helo}. */
  | { readonly step: 'helo'; readonly name: string }
  /**
   * SMTP where mail may come without a login: the client begins with its mail. It waits for a backend, which takes over at `rest()`; no `begin`. Where none
   * is to be had, `finish('unavailable', null)` says so, and the dialogue goes on.
   */
  | { readonly step: 'proceed' }
  /** An attempt that ended before it became one: a mechanism that is not offered, base64 that is none, a password in clear where that is forbidden. The answer is in a `send` before. */
  | {
      readonly step: 'refused';
      readonly mechanism: string | null;
      readonly user: string | null;
      readonly reason: ReasonCode;
    }
  /** The connection is to be closed; a goodbye is in a `send` before. Nothing follows. */
  | { readonly step: 'close'; readonly reason: ReasonCode };

/** What a dialogue with a client is made from. */
export interface ClientDialogueSettings {
  /** The name greetings show. */
  readonly hostname: string;
  /** TLS has been there from the first byte. */
  readonly secured: boolean;
  /** STARTTLS is offered (not once TLS is there). */
  readonly starttls: boolean;
  /** SASL mechanisms offered, in capitals and in this order; none where logins are not understood here (passed through). */
  readonly mechanisms: readonly string[];
  /** Logins are allowed without TLS. */
  readonly cleartext: boolean;
  /**
   * What else the backend offers, word for word: IMAP capabilities (`LITERAL+`, …), POP3 CAPA lines, EHLO lines (`SIZE 10240000`), ManageSieve capability lines.
   * Words that are about the login (AUTH=…, SASL, AUTH, STARTTLS, LOGINDISABLED, SASL-IR, XCLIENT, …) in it are left out: the dialogue has its own.
   */
  readonly keywords: readonly string[];
  /** The peer may claim who its client is (XCLIENT, `x-originating-…`). From others such commands get the answer a Dovecot gives them, and no effect. */
  readonly trusted: boolean;
  /** The backend's greeting, for APOP: the text behind `+OK `. null: ours, and no APOP. */
  readonly greeting: string | null;
  readonly limits: DialogueLimits;
}

export interface DialogueLimits {
  /** Bytes of one line of the client, a SASL response included; what is kept in all is twice that. */
  readonly maxLine: number;
  /** Commands that are none, in a row or not, after which the connection is closed. */
  readonly maxBadCommands: number;
  /** Attempts refused or failed after which the connection is closed. */
  readonly maxAttempts: number;
}

/** The server's half of a login dialogue: what the proxy says to the client. */
export interface ClientDialogue {
  /** The greeting, where the protocol has one. Once, at first. */
  greet(): readonly ClientStep[];
  /** What the client sent, in pieces of any size. Not kept by reference after the call. */
  push(bytes: Uint8Array): readonly ClientStep[];
  /** The go-ahead for TLS, after a `start_tls`. */
  startTls(): readonly ClientStep[];
  /** TLS cannot begin (no backend to pass it to): the protocol's temporary error, and the dialogue goes on in clear. */
  refuseTls(): readonly ClientStep[];
  /** TLS has begun, after {@link startTls}: everything said before is forgotten (RFC 3207 section 4.2 and its like). */
  secured(): readonly ClientStep[];
  /** The backend's SASL challenge, decoded, to be shown to the client. */
  challenge(challenge: Uint8Array): readonly ClientStep[];
  /**
   * The attempt's end. A backend's own words go to the client as they are (`reply`, whole lines); where there are none (no backend to be had; refused before one was
   * asked) the dialogue says it in its protocol's words. After `succeeded` it is not pushed to any more, and {@link rest} has what the client sent ahead.
   *
   * @param message for people, in place of the standard text; only without `reply`
   */
  finish(outcome: AttemptOutcome, reply: Uint8Array | null, message?: string): readonly ClientStep[];
  /** Ends the dialogue from outside, with the protocol's goodbye. */
  close(reason: ReasonCode): readonly ClientStep[];
  /** What came behind the login and belongs to the backend now. */
  rest(): Uint8Array;
}

export type BackendStep =
  | { readonly step: 'send'; readonly bytes: Uint8Array }
  /** TLS begins now on this connection: the backend said so, and nothing came in clear behind that. */
  | { readonly step: 'start_tls' }
  /** The backend has introduced itself and knows of the client what it is to know: `begin`, or `quit`. Once. */
  | { readonly step: 'ready'; readonly backend: BackendIntroduction }
  /** A SASL challenge, decoded. */
  | { readonly step: 'challenge'; readonly challenge: Uint8Array }
  /** The attempt's end. `reply`: whole lines for the client, as the backend spelled them, with the client's tag. `text`: the backend's words without codes, one line, for the log. */
  | { readonly step: 'answer'; readonly outcome: AttemptOutcome; readonly reply: Uint8Array; readonly text: string }
  /** The backend cannot be used: it said no before the login, or something no such server says. Nothing follows. */
  | { readonly step: 'broken'; readonly reason: ReasonCode; readonly text: string };

/** What a backend says of itself, on the link as it is now (inside TLS where the link has it). */
export interface BackendIntroduction {
  /** SASL mechanisms, in capitals; PLAIN too where passwords are taken by a command of the protocol alone (LOGIN, USER and PASS). */
  readonly mechanisms: readonly string[];
  /** Its other words, as {@link ClientDialogueSettings.keywords} has them. */
  readonly keywords: readonly string[];
  /** Its greeting behind the status word, one line. */
  readonly greeting: string;
  /** It took what we told it of the client (XCLIENT, a trusted ID); false where it did not, or was told nothing. */
  readonly tookIdentity: boolean;
}

export interface BackendDialogueSettings {
  /** Our name, for EHLO. */
  readonly hostname: string;
  /** `implicit` is `none` to the dialogue: TLS was there before it. */
  readonly tls: 'none' | 'implicit' | 'starttls';
  /** What to tell the backend of the client (IMAP ID, XCLIENT); null: nothing. A backend that does not offer it (no ID, no XCLIENT) is not told, which is no error. */
  readonly identity: ForwardedIdentity | null;
}

/** The client's half of a login dialogue: what the proxy says to a backend. */
export interface BackendDialogue {
  /** What the backend sent, in pieces of any size, from its greeting on. */
  push(bytes: Uint8Array): readonly BackendStep[];
  /** TLS has begun, after a `start_tls`. */
  secured(): readonly BackendStep[];
  /** Logs in, after `ready`. Secrets go into the bytes of a `send` and are not kept. */
  begin(attempt: Attempt): readonly BackendStep[];
  /** The client's answer to a challenge; null: it gave up. */
  respond(response: Uint8Array | null): readonly BackendStep[];
  /** Says goodbye, in place of {@link begin}. */
  quit(): readonly BackendStep[];
  /** After a successful `answer`: what came behind it and is the client's. */
  rest(): Uint8Array;
}
