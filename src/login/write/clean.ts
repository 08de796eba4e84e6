import type { ClientId, ProxiedLogin } from '../../model/index.js';
import {
  MAX_ALPN_NAME,
  MAX_ALPN_NAMES,
  MAX_ID_NAME,
  MAX_ID_PAIRS,
  MAX_ID_VALUE,
  MAX_MECHANISM,
  MAX_NAME,
  MAX_REASON,
  MAX_SERVER_NAME,
  MAX_USER_BYTES,
} from './limits.js';

// Controls, halves of surrogate pairs, and what stands for bytes that are no UTF-8.
const unprintable = /[\p{Cc}\p{Cs}\ufffd]/gu;
const CUT = '...';

/**
 * A login as it is written and stored: texts that a client chose are free of control characters and of bounded length. What the line says and what the database
 * has are the same that way, and a line that is read back is known again.
 */
export function cleanLogin(login: ProxiedLogin): ProxiedLogin {
  return {
    ...login,
    session: cut(login.session, MAX_NAME),
    listener: cut(login.listener, MAX_NAME),
    user: login.user === null || login.user === '' ? null : cleanUser(login.user),
    mechanism: cutOrNull(login.mechanism, MAX_MECHANISM),
    reason: cutOrNull(login.reason, MAX_REASON),
    sni: cutOrNull(login.sni, MAX_SERVER_NAME),
    alpn: login.alpn?.slice(0, MAX_ALPN_NAMES).map((name) => cut(name, MAX_ALPN_NAME)) ?? null,
    clientId: login.clientId === null ? null : cleanId(login.clientId),
    backend: cutOrNull(login.backend, MAX_NAME),
  };
}

/** As Dovecot logs a name: `?` for what cannot be printed, 80 bytes at most, `...` at the end where it was cut. */
export function cleanUser(name: string): string {
  // No character has more than four bytes or less than one: what is beyond cannot count.
  const printable = name.slice(0, MAX_USER_BYTES + 2).replace(unprintable, '?');
  if (name.length <= MAX_USER_BYTES && Buffer.byteLength(printable) <= MAX_USER_BYTES) return printable;
  let kept = '';
  let bytes = CUT.length;
  for (const character of printable) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_USER_BYTES) break;
    kept += character;
  }
  return kept + CUT;
}

function cleanId(pairs: ClientId): ClientId {
  return pairs
    .slice(0, MAX_ID_PAIRS)
    .map(([name, value]) => [cut(name, MAX_ID_NAME), cutOrNull(value, MAX_ID_VALUE)] as const);
}

const cutOrNull = (text: string | null, most: number): string | null => (text === null ? null : cut(text, most));

function cut(text: string, most: number): string {
  // A surrogate pair that is cut in two leaves a half, which is unprintable.
  if (text.length <= most) return text.replace(unprintable, '?');
  return text.slice(0, most - CUT.length).replace(unprintable, '?') + CUT;
}
