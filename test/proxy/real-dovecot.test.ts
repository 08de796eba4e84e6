import type { ProxiedLogin } from '../../src/model/index.js';
import type { Login } from '../harness/mail/clients/index.js';
import { type Dovecot, startDovecot } from '../harness/mail/dovecot.js';
import { hasLine, holdMatrix, proxied, told, type Way } from '../harness/mail/matrix.js';
import { missing } from '../harness/mail/programs.js';
import type { Running } from '../harness/mail/running.js';

interface Both extends Running {
  readonly ca: string;
  readonly stranger: Dovecot;
  readonly trusting: Dovecot;
}

/** One that knows its client by the PROXY header alone, and one that believes what it is told by ID and XCLIENT. */
async function startBoth(): Promise<Both> {
  const [stranger, trusting] = await Promise.all([startDovecot(), startDovecot({ trusts: '127.0.0.1' })]);
  return {
    ca: stranger.ca,
    stranger,
    trusting,
    log: () => stranger.log() + trusting.log(),
    stop: async () => void (await Promise.all([stranger.stop(), trusting.stop()])),
  };
}

const PORTS = {
  imap: ['imap', 'imapProxied', 'imapsProxied'],
  pop3: ['pop3', 'pop3Proxied', 'pop3sProxied'],
  submission: ['submission', 'submissionProxied', 'submissionsProxied'],
  sieve: ['sieve', 'sieveProxied', 'sieveProxied'],
} as const;

function address({ remote }: ProxiedLogin): string[] {
  return ['Login: user=<u', `rip=${remote.ip}, rport=${remote.port},`];
}

const sees = (log: string, login: ProxiedLogin) => hasLine(log, ...address(login), 'TLS');

function seesJa3(log: string, login: ProxiedLogin): boolean {
  const { string, hash } = login.fingerprint!.sslJa3['3.0'];
  return hasLine(log, ...address(login), `session=<${login.session}>`, `ja3h=${hash}, ja3=${string}`);
}

const ways = (['imap', 'pop3', 'submission', 'sieve'] as const).flatMap((protocol: Login['protocol']): Way<Both>[] => {
  const [plain, behindHeader, tlsBehindHeader] = PORTS[protocol];
  const starttls: Way<Both>[] = [
    {
      what: 'told by ID or XCLIENT, in clear',
      protocol,
      tls: 'starttls',
      mode: 'terminated',
      backend: ({ trusting }) => told(trusting.ports[plain]),
      seen: seesJa3,
    },
    {
      what: 'PROXY header',
      protocol,
      tls: 'starttls',
      mode: 'passed_through',
      backend: ({ stranger }) => proxied(stranger.ports[behindHeader]),
      seen: sees,
    },
  ];
  // No client here speaks ManageSieve inside TLS from the first byte, as RFC 5804 does not.
  if (protocol === 'sieve') return starttls;
  return [
    ...starttls,
    {
      what: 'told by ID or XCLIENT, STARTTLS behind',
      protocol,
      tls: 'implicit',
      mode: 'terminated',
      backend: ({ trusting }) => told(trusting.ports[plain], { tls: 'starttls' }),
      seen: seesJa3,
    },
    {
      what: 'PROXY header, TLS behind',
      protocol,
      tls: 'implicit',
      mode: 'terminated',
      backend: ({ stranger }) => proxied(stranger.ports[tlsBehindHeader], { tls: 'implicit' }),
      seen: sees,
    },
    {
      what: 'PROXY header',
      protocol,
      tls: 'implicit',
      mode: 'passed_through',
      backend: ({ stranger }) => proxied(stranger.ports[tlsBehindHeader]),
      seen: sees,
    },
  ];
});

holdMatrix('Dovecot 2.3', missing.dovecot, startBoth, ways);
