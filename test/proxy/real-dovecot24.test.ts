import type { ProxiedLogin } from '../../src/model/index.js';
import { type Dovecot24, startDovecot24 } from '../harness/mail/dovecot24.js';
import { hasLine, holdMatrix, proxied, told, type Way } from '../harness/mail/matrix.js';
import { missing } from '../harness/mail/programs.js';
import type { Running } from '../harness/mail/running.js';

interface Both extends Running {
  readonly ca: string;
  readonly stranger: Dovecot24;
  readonly trusting: Dovecot24;
}

/** One that knows its client by the PROXY header alone, and one that believes what it is told by ID and XCLIENT. */
async function startBoth(): Promise<Both> {
  const stranger = await startDovecot24();
  const trusting = await startDovecot24({ trusts: '127.0.0.1' });
  return {
    ca: stranger.ca,
    stranger,
    trusting,
    log: () => stranger.log() + trusting.log(),
    stop: async () => void (await Promise.all([stranger.stop(), trusting.stop()])),
  };
}

const address = ({ remote }: ProxiedLogin) => ['Logged in: user=<u', `rip=${remote.ip}, rport=${remote.port},`];

/** Its own JA3, which it computes from what its OpenSSL (3.5) tells, must be ours. */
function computesJa3(log: string, login: ProxiedLogin): boolean {
  const { string, hash } = login.fingerprint!.sslJa3['3.5'];
  return hasLine(log, ...address(login), `ja3h=${hash}, ja3=${string}`);
}

const isToldJa3 = (log: string, login: ProxiedLogin) =>
  hasLine(log, ...address(login), `session=<${login.session}>`, `fwd=${login.fingerprint!.sslJa3['3.0'].hash}`);

const PORTS = {
  imap: { implicit: 'imapsProxied', starttls: 'imapProxied' },
  pop3: { implicit: 'pop3sProxied', starttls: 'pop3Proxied' },
  submission: { implicit: 'submissionsProxied', starttls: 'submissionProxied' },
  sieve: { implicit: null, starttls: 'sieveProxied' },
} as const;

const ways = (['imap', 'pop3', 'submission', 'sieve'] as const).flatMap((protocol): Way<Both>[] => [
  ...(['implicit', 'starttls'] as const).flatMap((tls): Way<Both>[] => {
    const port = PORTS[protocol][tls];
    if (port === null) return [];
    return [
      {
        what: 'PROXY header',
        protocol,
        tls,
        mode: 'passed_through',
        backend: ({ stranger }) => proxied(stranger.ports[port]),
        seen: computesJa3,
      },
    ];
  }),
  {
    what: 'told by ID or XCLIENT, STARTTLS behind',
    protocol,
    tls: 'starttls',
    mode: 'terminated',
    backend: ({ trusting }) => told(trusting.ports[protocol], { tls: 'starttls' }),
    seen: isToldJa3,
  },
]);

holdMatrix('Dovecot 2.4', missing.dovecot24, startBoth, ways);
