import type { AttemptOutcome } from '../attempt.js';
import type { ReasonCode } from '../dialogue.js';
import { MAX_TEXT } from './limits.js';
import { quoted } from './spelling.js';

/** An attempt's end, where no backend said it; RFC 5804 section 1.3 for the code. */
const ENDS: Readonly<Record<AttemptOutcome, readonly [status: string, text: string]>> = {
  succeeded: ['OK', 'Logged in.'],
  failed: ['NO', 'Authentication failed.'],
  unavailable: ['NO (TRYLATER)', 'Temporary authentication failure.'],
};

/** @param message for people, in place of the standard text */
export function attemptEnd(outcome: AttemptOutcome, message?: string): string {
  const [status, text] = ENDS[outcome];
  return `${status} ${quoted(message === undefined ? text : oneLine(message))}`;
}

/** What an attempt that never became one is answered. */
export const REFUSALS = {
  cleartext_auth_disabled:
    'NO (ENCRYPT-NEEDED) "Cleartext authentication disallowed on non-secure (SSL/TLS) connections."',
  invalid_mech: 'NO "Unsupported authentication mechanism."',
  invalid_base64: 'NO "Invalid base64 data in response."',
  auth_aborted_by_client: 'NO "Authentication aborted by client."',
  auth_failed: attemptEnd('failed'),
} as const satisfies Partial<Record<ReasonCode, string>>;

const FAILED = 'BYE "Too many failed logins."';
const SLOW = 'BYE "Disconnected for inactivity."';

/** RFC 5804 section 1.3: a server may say BYE at any time. */
const GOODBYES: Partial<Record<ReasonCode, string>> = {
  too_many_bad_commands: 'BYE "Too many invalid MANAGESIEVE commands."',
  input_buffer_full: 'BYE "Input buffer full, aborting"',
  login_timeout: SLOW,
  no_auth_attempts: SLOW,
  auth_waiting_client: SLOW,
  shutting_down: 'BYE (TRYLATER) "Server is shutting down."',
  connection_limit: 'BYE (TRYLATER) "Too many connections."',
  auth_failed: FAILED,
  auth_aborted_by_client: FAILED,
  invalid_mech: FAILED,
  invalid_base64: FAILED,
  cleartext_auth_disabled: FAILED,
};

export function goodbye(reason: ReasonCode): string {
  return GOODBYES[reason] ?? 'BYE (TRYLATER) "Temporary failure."';
}

/** A text that may be quoted in a reply, or stand in a log. */
export function oneLine(text: string): string {
  return text.replace(/[^ -~]+/g, ' ').slice(0, MAX_TEXT);
}
