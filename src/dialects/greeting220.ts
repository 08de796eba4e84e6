import type { Opening } from './dialect.js';
import { MAX_OPENING } from './limits.js';
import { lineEnd, lineText, startsWith } from './lines.js';

/**
 * SMTP and FTP servers both open with `220`. The words of the first line tell most of them apart; where they name neither (or both: a mail server
 * called ftp.example.org) the bytes fit both, and the client's first command decides.
 */
export function opensWith220(bytes: Uint8Array, own: RegExp, other: RegExp): Opening {
  const code = startsWith(bytes, '220');
  if (code !== 'yes') return code;
  if (bytes.length > 3 && !/[ \-\r\n]/.test(String.fromCharCode(bytes[3]!))) return 'no';
  const end = lineEnd(bytes, 0, MAX_OPENING);
  if (end < 0) return bytes.length >= MAX_OPENING ? 'no' : 'more';
  const line = lineText(bytes, 0, end);
  return other.test(line) && !own.test(line) ? 'no' : 'yes';
}

export const SMTP_WORDS = /\b(?:E?SMTP|LMTP)\b/i;
export const FTP_WORDS = /FTP(?!\.)/i;
