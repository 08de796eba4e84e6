import type { ProxiedLogin } from '../../model/index.js';
import { shownName } from './clean.js';
import type { LineStyle } from './template.js';

type Words = string | Readonly<Record<LineStyle, string>>;
type Why = (style: LineStyle, attempts: number, seconds: number) => string;

/** How a login came to nothing, in Dovecot's words: as 2.3.19 and 2.4.1 wrote them when they were run. */
export interface Ending {
  readonly what: Words | ((login: ProxiedLogin) => Words);
  readonly why: Why;
  /** 2.4's event reason. */
  readonly event: string;
}

const noAttempts: Why = (_, __, seconds) => `no auth attempts in ${seconds} secs`;
const failed: Why = (_, attempts, seconds) => `auth failed, ${attempts} attempts in ${seconds} secs`;
const unfinished: Why = (style, attempts, seconds) =>
  style === '2.4'
    ? `client didn't finish SASL auth, ${attempts} attempts in ${seconds} secs`
    : `client didn't finish SASL auth, waited ${seconds} secs`;

/** 2.3 counts neither attempts nor time with these. */
const refused =
  (why24: string, why23: string = why24): Why =>
  (style, attempts, seconds) =>
    style === '2.4' ? `${why24}, ${attempts} attempts in ${seconds} secs` : why23;

/** Whose logins were right so far is what Dovecot counts here: none is known to have been. */
const internal =
  (why: string): Why =>
  (style, attempts, seconds) =>
    style === '2.4'
      ? `${why}, 0/${attempts} successful auths in ${seconds} secs`
      : 'internal failure, 0 successful auths';

const closed = (what: Ending['what']): Ending => ({ what, why: noAttempts, event: 'no_auth_attempts' });
const proxied = (what: string, why: string, event: string): Ending => ({
  what,
  why: internal(`proxy dest ${why}`),
  event: `proxy_dest_${event}`,
});

const authFailed: Ending = { what: 'Authentication failed', why: failed, event: 'auth_failed' };

/** By `reasonCode`. */
export const endings: Readonly<Record<string, Ending>> = {
  no_auth_attempts: closed('Connection closed'),
  logged_out: closed({ '2.3': 'Aborted login by logging out', '2.4': 'Logged out' }),
  input_buffer_full: closed('Input buffer full'),
  too_many_bad_commands: closed(({ protocol }) => {
    // Of pop3-login 2.3 says the first word twice. Only imap-login leaves the full stop away.
    if (protocol === 'pop3') return 'Disconnected: Too many bad commands';
    return protocol === 'imap' ? 'Too many invalid commands' : 'Too many invalid commands.';
  }),
  login_timeout: closed('Inactivity'),
  // It left in clear, where TLS was to come: nothing that Dovecot would name.
  client_ssl_not_started: closed('Connection closed'),
  tls_handshake_not_finished: {
    what: ({ reason }) => (reason === null ? 'Connection closed' : `Connection closed: ${shownName(reason)}`),
    why: (style, _, seconds) =>
      style === '2.4' ? 'disconnected during TLS handshake' : `no auth attempts in ${seconds} secs`,
    event: 'tls_handshake_not_finished',
  },
  shutting_down: {
    what: 'Shutting down',
    why: (style, _, seconds) =>
      style === '2.4' ? 'The process is shutting down so the login is aborted.' : `no auth attempts in ${seconds} secs`,
    event: 'shutting_down',
  },
  connection_limit: {
    what: 'Connection queue full',
    why: (style, _, seconds) =>
      style === '2.4'
        ? 'client_limit and process_limit was hit and this login session was killed.'
        : `no auth attempts in ${seconds} secs`,
    event: 'process_full',
  },
  auth_failed: authFailed,
  auth_aborted_by_client: {
    what: 'Aborted',
    why: (style, attempts, seconds) =>
      style === '2.4'
        ? `auth aborted by client, ${attempts} attempts in ${seconds} secs`
        : unfinished(style, attempts, seconds),
    event: 'auth_aborted_by_client',
  },
  auth_waiting_client: { what: 'Connection closed', why: unfinished, event: 'auth_waiting_client' },
  cleartext_auth_disabled: {
    what: { '2.3': 'Plaintext authentication disabled', '2.4': 'Cleartext authentication disabled' },
    why: refused('tried to use disallowed cleartext auth', 'tried to use disallowed plaintext auth'),
    event: 'cleartext_auth_disabled',
  },
  invalid_mech: {
    what: 'Unsupported authentication mechanism',
    why: refused('tried to use unsupported auth mechanism'),
    event: 'invalid_mech',
  },
  invalid_base64: {
    what: 'Invalid base64 in response',
    why: refused('sent invalid base64 in response'),
    event: 'invalid_base64',
  },
  temp_fail: {
    what: 'Temporary failure',
    why: internal('auth service reported temporary failure'),
    event: 'temp_fail',
  },
  internal_failure: { what: 'Internal failure', why: internal('internal failure'), event: 'internal_failure' },
  proxy_dest_connect_failed: proxied('Backend failed', 'connection failed', 'connect_failed'),
  proxy_dest_internal_failure: proxied('Backend failed', 'internal failure', 'internal_failure'),
  proxy_dest_remote_failure: proxied('Backend failed', 'remote failure', 'remote_failure'),
  proxy_dest_protocol_failure: proxied('Backend failed', 'protocol failure', 'protocol_failure'),
  proxy_dest_auth_temp_failed: proxied('Backend failed', 'temporary authentication failure', 'auth_temp_failed'),
  proxy_dest_auth_failed: {
    what: 'Authentication failed',
    why: (style, attempts, seconds) =>
      style === '2.4'
        ? `proxy dest authentication failure, 0/${attempts} successful auths in ${seconds} secs`
        : 'proxy dest auth failed',
    event: 'proxy_dest_auth_failed',
  },
};

/** Of a word that Dovecot has not. What a policy refuses is to Dovecot's login processes a login that failed. */
export function otherEnding(reasonCode: string, outcome: ProxiedLogin['outcome']): Ending {
  if (outcome === 'failed' || reasonCode.startsWith('policy')) return authFailed;
  const event = reasonCode.replace(/[^a-z0-9_]/g, '_');
  return { what: 'Login refused', why: refused(event.replaceAll('_', ' ')), event };
}
