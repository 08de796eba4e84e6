import type { ProxiedLogin } from '../../src/model/index.js';
import { type Dovecot24, startDovecot24 } from '../harness/mail/dovecot24.js';
import { hasLine, holdMatrix, proxied, type Way } from '../harness/mail/matrix.js';
import { missing } from '../harness/mail/programs.js';

/** Its own JA3, which it computes from what its OpenSSL (3.5) tells, must be ours. */
function sees(log: string, { remote, fingerprint }: ProxiedLogin): boolean {
  const { string, hash } = fingerprint!.sslJa3['3.5'];
  return hasLine(log, 'Logged in: user=<u', `rip=${remote.ip}, rport=${remote.port},`, `ja3h=${hash}, ja3=${string}`);
}

const PORTS = {
  imap: { implicit: 'imapsProxied', starttls: 'imapProxied' },
  pop3: { implicit: 'pop3sProxied', starttls: 'pop3Proxied' },
} as const;

const ways = (['imap', 'pop3'] as const).flatMap((protocol) =>
  (['implicit', 'starttls'] as const).map(
    (tls): Way<Dovecot24> => ({
      what: 'PROXY header',
      protocol,
      tls,
      mode: 'passed_through',
      backend: ({ ports }) => proxied(ports[PORTS[protocol][tls]]),
      seen: sees,
    }),
  ),
);

holdMatrix('Dovecot 2.4', missing.dovecot24, startDovecot24, ways);
