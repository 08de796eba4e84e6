import { withoutZone } from '../../endpoint.js';
import type { ForwardedIdentity } from '../attempt.js';
import { encodeForwardFields } from '../forward-fields.js';
import { MAX_SESSION_NAME, MAX_XCLIENT_LINE } from './limits.js';

/** Values are words between spaces: what is none is not told, rather than told wrongly. */
const WORD = /^[!-~]+$/;

/**
 * XCLIENT and its parameters in one line without its end, as Dovecot's own proxies send it for POP3 and ManageSieve. FORWARD has what room the others leave: the shortest
 * fields first, so that hashes come before the strings they are made from.
 */
export function spellXclient(identity: ForwardedIdentity): string {
  const parameters: [name: string, value: string][] = [
    ['ADDR', withoutZone(identity.remote.ip)],
    ['PORT', String(identity.remote.port)],
    ['DESTADDR', withoutZone(identity.local.ip)],
    ['DESTPORT', String(identity.local.port)],
    ['TTL', String(identity.ttl)],
    ['CLIENT-TRANSPORT', identity.tls ? 'TLS' : 'insecure'],
  ];
  if (identity.session.length <= MAX_SESSION_NAME) parameters.push(['SESSION', identity.session]);
  // Longer than a name of the DNS is none.
  if (identity.serverName !== null && identity.serverName.length <= 255)
    parameters.push(['DESTNAME', identity.serverName]);
  const words = parameters.filter(([, value]) => WORD.test(value)).map(([name, value]) => `${name}=${value}`);
  const line = ['XCLIENT', ...words].join(' ');
  const fields = identity.forward.toSorted((a, b) => a.join().length - b.join().length);
  const forward = encodeForwardFields(fields, MAX_XCLIENT_LINE - line.length - ' FORWARD='.length);
  return forward === null ? line : `${line} FORWARD=${forward}`;
}
