import type { AttemptOutcome } from '../attempt.js';
import type { ReasonCode } from '../dialogue.js';
import { fromLatin1 } from '../lines.js';

/** What a client is told at the end of its connection: 421 (RFC 5321 section 3.8), with RFC 3463's codes. */
const GOODBYES: Partial<Record<ReasonCode, string>> = {
  shutting_down: '4.3.2 Shutting down',
  connection_limit: '4.7.0 Too many connections',
  login_timeout: '4.4.2 Took too long to log in',
  no_auth_attempts: '4.4.2 Took too long to log in',
  auth_waiting_client: '4.4.2 Took too long to log in',
  too_many_bad_commands: '4.7.0 Too many invalid commands',
  auth_failed: '4.7.0 Too many failed logins',
  cleartext_auth_disabled: '4.7.0 Too many failed logins',
  invalid_mech: '4.7.0 Too many failed logins',
  invalid_base64: '4.7.0 Too many failed logins',
  auth_aborted_by_client: '4.7.0 Too many failed logins',
  input_buffer_full: '4.7.0 Input buffer full',
};

export function goodbye(hostname: string, reason: ReasonCode): Uint8Array {
  const [, code, text] = /^(\S+) (.*)$/.exec(GOODBYES[reason] ?? '4.3.0 Temporary failure')!;
  return line(`421 ${code} ${hostname} ${text}, closing the connection`);
}

/** An attempt's end, where no backend said it: RFC 4954 section 6. */
const ENDS: Readonly<Record<AttemptOutcome, readonly [code: string, text: string]>> = {
  succeeded: ['235 2.7.0', 'Authentication succeeded'],
  failed: ['535 5.7.8', 'Authentication credentials invalid'],
  unavailable: ['454 4.7.0', 'Temporary authentication failure'],
};

/** @param message for people, in place of the standard text */
export function attemptEnd(outcome: AttemptOutcome, message?: string): Uint8Array {
  const [code, text] = ENDS[outcome];
  return line(`${code} ${message === undefined ? text : oneLine(message)}`);
}

/** A text that may stand in a reply line: RFC 5321 section 4.2, textstring, and short enough for its 512 octets. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 400);
}

export function line(text: string): Uint8Array {
  return fromLatin1(`${text}\r\n`);
}
