import type { AttemptOutcome } from '../attempt.js';
import type { ReasonCode } from '../dialogue.js';

/** What a client is told behind its tag, in Dovecot's words. Codes are those of RFC 5530. */
export const words = {
  capability: 'OK Pre-login capabilities listed, post-login capabilities have more.',
  noop: 'OK NOOP completed.',
  logout: 'OK Logout completed.',
  enable: 'OK ENABLE ignored in non-authenticated state.',
  id: 'OK ID completed.',
  trustedId: 'OK Trusted ID completed.',
  badId: 'BAD Invalid ID parameters',
  bad: 'BAD Error in IMAP command received by server.',
  noTag:
    "BAD First parameter in line is IMAP's command tag, not the command name. Add that before the command, like: a login user pass",
  tlsBegins: 'OK Begin TLS negotiation now.',
  tlsNotNow: 'NO [UNAVAILABLE] TLS is not available right now, try again later.',
  tlsThere: 'BAD TLS is already active.',
  noTls: "BAD TLS support isn't enabled.",
  badInitial: 'BAD Invalid base64 data in initial response',
  tooManyAttempts: 'Too many failed logins.',
  cleartextAlert:
    '[ALERT] cleartext authentication not allowed without SSL/TLS, but your client did it anyway. If anyone was listening, the password was exposed.',
  refused: {
    cleartext_auth_disabled:
      'NO [PRIVACYREQUIRED] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
    invalid_mech: 'NO [ALERT] Unsupported authentication mechanism.',
    invalid_base64: 'NO [ALERT] Invalid base64 in response',
    auth_aborted_by_client: 'BAD Authentication aborted by client.',
    auth_failed: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
  },
} as const;

const outcomes: Readonly<Record<AttemptOutcome, readonly [status: string, text: string]>> = {
  succeeded: ['OK', 'Logged in'],
  failed: ['NO [AUTHENTICATIONFAILED]', 'Authentication failed.'],
  unavailable: ['NO [UNAVAILABLE]', 'Temporary authentication failure.'],
};

/**
 * The end of an attempt without a backend's words for it. What is no printable ASCII in `message` becomes a question mark. A refusal that has words of its own is a
 * policy's, which Dovecot says as an alert: clients show those.
 */
export function refusal(outcome: AttemptOutcome, message: string | undefined): string {
  const [status, text] = outcomes[outcome];
  if (message === undefined) return `${status} ${text}`;
  return `${outcome === 'failed' ? 'NO [ALERT]' : status} ${message.replace(/[^\x20-\x7e]/gu, '?')}`;
}

const goodbyes: Partial<Readonly<Record<ReasonCode, string>>> = {
  logged_out: 'Logging out',
  login_timeout: 'Disconnected for inactivity.',
  no_auth_attempts: 'Disconnected for inactivity.',
  auth_waiting_client: 'Disconnected for inactivity.',
  input_buffer_full: 'Input buffer full, aborting',
  too_many_bad_commands: 'Too many invalid IMAP commands.',
  shutting_down: 'Server shutting down.',
  connection_limit: '[UNAVAILABLE] Too many connections, try again later.',
  auth_failed: 'Disconnected.',
  auth_aborted_by_client: 'Disconnected.',
  client_ssl_not_started: 'Disconnected.',
  tls_handshake_not_finished: 'Disconnected.',
};

/** The words behind `BYE`; for what lies with us, that another time may do. */
export function goodbye(reason: ReasonCode): string {
  return goodbyes[reason] ?? '[UNAVAILABLE] Internal error occurred. Try again later.';
}
