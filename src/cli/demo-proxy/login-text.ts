import { cleanLogin } from '../../login/index.js';
import type { ProxiedLogin } from '../../model/index.js';
import { escapeText, programText } from '../../report/index.js';

const INDENT = '    ';

/** Two lines for people: who came with what and how that ended; and the fingerprints, where there are any. */
export function loginText(login: ProxiedLogin): string {
  const clean = cleanLogin(login);
  const { fingerprint, listener, recognition } = clean;
  const program = programText(recognition) || (fingerprint === null ? 'no TLS' : 'a program that is not known');
  const first = `${escapeText(`${outcomeText(clean)} (${listener}): `)}${program}\n`;
  if (fingerprint === null) return first;
  const { ja3, sslJa3, ja4 } = fingerprint;
  const hashes = [
    `ja3_hash ${ja3.hash}`,
    `ssl_ja3_hash ${sslJa3['3.0'].hash}`,
    ...(ja4 === null ? [] : [`ja4 ${ja4.hash}`]),
  ];
  return `${first}${INDENT}${hashes.join('  ')}\n`;
}

function outcomeText({ outcome, user, reason }: ProxiedLogin): string {
  const who = user ?? 'somebody';
  const why = reason === null ? '' : `, ${reason}`;
  switch (outcome) {
    case 'succeeded':
      return `${who} logged in`;
    case 'failed':
      return `${who} failed to log in${why}`;
    case 'refused':
      return `${who} could not log in${why}`;
    default:
      return `${who} left without a login${why}`;
  }
}
