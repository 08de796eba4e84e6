import type { ProxiedLogin } from '../../src/model/index.js';
import { type Exim, startExim } from '../harness/mail/exim.js';
import { hasLine, holdMatrix, proxied, type Way } from '../harness/mail/matrix.js';
import { missing } from '../harness/mail/programs.js';

const protocol = 'submission';

/** `PRX=`: who sent the PROXY header. */
const sees = (log: string, { remote }: ProxiedLogin) => hasLine(log, `[${remote.ip}]:${remote.port} `, 'PRX=127.0.0.1');

const ways: readonly Way<Exim>[] = [
  {
    what: 'PROXY header, in clear',
    protocol,
    tls: 'starttls',
    mode: 'terminated',
    backend: ({ ports }) => proxied(ports.submissionProxied),
    seen: sees,
  },
  {
    what: 'PROXY header, STARTTLS behind',
    protocol,
    tls: 'starttls',
    mode: 'terminated',
    backend: ({ ports }) => proxied(ports.submissionProxied, { tls: 'starttls' }),
    seen: sees,
  },
  {
    what: 'PROXY header, TLS behind',
    protocol,
    tls: 'implicit',
    mode: 'terminated',
    backend: ({ ports }) => proxied(ports.submissionsProxied, { tls: 'implicit' }),
    seen: sees,
  },
  {
    what: 'PROXY header',
    protocol,
    tls: 'starttls',
    mode: 'passed_through',
    backend: ({ ports }) => proxied(ports.submissionProxied),
    seen: sees,
  },
  {
    what: 'PROXY header',
    protocol,
    tls: 'implicit',
    mode: 'passed_through',
    backend: ({ ports }) => proxied(ports.submissionsProxied),
    seen: sees,
  },
];

holdMatrix('Exim', missing.exim, startExim, ways);
