import type { AttemptOutcome } from '../attempt.js';
import type { ReasonCode } from '../dialogue.js';
import { fromLatin1 } from '../lines.js';
import { MAX_TEXT } from './limits.js';

export function send(...lines: readonly string[]): { readonly step: 'send'; readonly bytes: Uint8Array } {
  return { step: 'send', bytes: fromLatin1(lines.map((line) => `${line}\r\n`).join('')) };
}

/** An attempt's end, where no backend said it: RFC 3206's codes in Dovecot's words. */
const ENDS: Readonly<Record<AttemptOutcome, readonly [status: string, text: string]>> = {
  succeeded: ['+OK', 'Logged in.'],
  failed: ['-ERR [AUTH]', 'Authentication failed.'],
  unavailable: ['-ERR [SYS/TEMP]', 'Temporary authentication failure.'],
};

/** @param message for people, in place of the standard text */
export function attemptEnd(outcome: AttemptOutcome, message?: string): string {
  const [status, text] = ENDS[outcome];
  return `${status} ${message === undefined ? text : oneLine(message)}`;
}

/** What an attempt that never became one is answered. */
export const REFUSALS = {
  cleartext_auth_disabled: '-ERR [AUTH] Cleartext authentication disallowed on non-secure (SSL/TLS) connections.',
  invalid_mech: '-ERR [AUTH] Unsupported authentication mechanism.',
  invalid_base64: '-ERR [AUTH] Invalid base64 data in response.',
  auth_aborted_by_client: '-ERR Authentication aborted by client.',
  auth_failed: attemptEnd('failed'),
} as const satisfies Partial<Record<ReasonCode, string>>;

/**
 * The last words to a client. After logins that failed there are none: each had its answer, and a line that answers nothing would be taken for that of the next command.
 */
const GOODBYES: Partial<Record<ReasonCode, string>> = {
  too_many_bad_commands: '-ERR Too many invalid bad commands.',
  input_buffer_full: '-ERR Input buffer full, aborting',
  login_timeout: '-ERR Disconnected for inactivity.',
  auth_waiting_client: '-ERR Disconnected for inactivity.',
  shutting_down: '-ERR [SYS/TEMP] Server is shutting down.',
  connection_limit: '-ERR [SYS/TEMP] Too many connections.',
  internal_failure: '-ERR [SYS/TEMP] Internal failure.',
  temp_fail: '-ERR [SYS/TEMP] Temporary failure.',
};

export function goodbye(reason: ReasonCode): string | null {
  return GOODBYES[reason] ?? (reason.startsWith('proxy_dest_') ? '-ERR [SYS/TEMP] Temporary failure.' : null);
}

/** A text that may stand in a reply, or in a log. */
export function oneLine(text: string): string {
  return text.replace(/[^ -~]+/g, ' ').slice(0, MAX_TEXT);
}
