import type { ProxiedLogin } from '../../src/model/index.js';
import { hasLine, holdMatrix, proxied, told, type Way } from '../harness/mail/matrix.js';
import { type Postfix, startPostfix } from '../harness/mail/postfix.js';
import { missing } from '../harness/mail/programs.js';

const protocol = 'submission';

const sees = (log: string, { remote }: ProxiedLogin) =>
  hasLine(log, 'smtpd', `client=unknown[${remote.ip}]:${remote.port}, sasl_method=`, 'sasl_username=u');

const ways: readonly Way<Postfix>[] = [
  {
    what: 'XCLIENT, in clear',
    protocol,
    tls: 'starttls',
    mode: 'terminated',
    backend: ({ ports }) => told(ports.submissionTrusting),
    seen: sees,
  },
  {
    what: 'XCLIENT, STARTTLS behind',
    protocol,
    tls: 'implicit',
    mode: 'terminated',
    backend: ({ ports }) => told(ports.submissionTrusting, { tls: 'starttls' }),
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

holdMatrix('Postfix', missing.postfix, startPostfix, ways);
