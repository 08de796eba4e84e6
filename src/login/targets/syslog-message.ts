import type { Timestamp } from '../../model/index.js';
import { timeText } from '../write/fields.js';
import { MAX_SYSLOG_MESSAGE } from './limits.js';

/** Who speaks. */
export interface SyslogSource {
  /** The machine's name. */
  readonly hostname: string;
  /** APP-NAME, by which filters choose: fail2ban's for Dovecot wants `dovecot`. */
  readonly program: string;
  readonly pid: number;
}

/** Facility mail, severity informational: RFC 5424 section 6.2.1, tables 1 and 2. */
const PRIORITY = 2 * 8 + 6;

/** RFC 5424 section 6: printable ASCII without spaces, `-` where there is none. */
const word = (text: string, most: number): string => text.replace(/[^!-~]/g, '').slice(0, most) || '-';

/**
 * A message as RFC 5424 section 6 has it, without message id and structured data. The text is UTF-8 without a byte order mark (MSG-ANY), as most programs send it.
 *
 * @param text one line
 * @returns bytes, MAX_SYSLOG_MESSAGE at most
 */
export function syslogMessage({ hostname, program, pid }: SyslogSource, time: Timestamp, text: string): Buffer {
  // Section 6.2.3.1 allows six digits of a second.
  const microseconds = { ...time, nanoseconds: time.nanoseconds - (time.nanoseconds % 1000) };
  const head = `<${PRIORITY}>1 ${timeText(microseconds)} ${word(hostname, 255)} ${word(program, 48)} ${pid} - -`;
  const message = Buffer.from(`${head} ${text}`, 'utf8');
  if (message.length <= MAX_SYSLOG_MESSAGE) return message;
  let end = MAX_SYSLOG_MESSAGE;
  // Not inside a character (RFC 3629 section 3: what follows its first byte begins with the bits 10).
  while ((message[end]! & 0xc0) === 0x80) end--;
  return message.subarray(0, end);
}
