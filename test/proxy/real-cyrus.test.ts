import { type Cyrus, startCyrus } from '../harness/mail/cyrus.js';
import { holdMatrix, type Way } from '../harness/mail/matrix.js';
import { missing } from '../harness/mail/programs.js';
import { backend } from '../harness/mail/proxy.js';

const protocol = 'imap';

// Cyrus reads no PROXY header and believes no ID: it sees the proxy's address, and the proxy's own log has the client's.
const ways: readonly Way<Cyrus>[] = [
  {
    what: 'in clear',
    protocol,
    tls: 'implicit',
    mode: 'terminated',
    backend: ({ ports }) => backend(ports.imap),
    seen: null,
  },
  {
    what: 'STARTTLS behind',
    protocol,
    tls: 'starttls',
    mode: 'terminated',
    backend: ({ ports }) => backend(ports.imap, { tls: 'starttls' }),
    seen: null,
  },
  {
    what: 'TLS behind',
    protocol,
    tls: 'implicit',
    mode: 'terminated',
    backend: ({ ports }) => backend(ports.imaps, { tls: 'implicit' }),
    seen: null,
  },
  {
    what: 'nothing told',
    protocol,
    tls: 'starttls',
    mode: 'passed_through',
    backend: ({ ports }) => backend(ports.imap),
    seen: null,
  },
  {
    what: 'nothing told',
    protocol,
    tls: 'implicit',
    mode: 'passed_through',
    backend: ({ ports }) => backend(ports.imaps),
    seen: null,
  },
];

holdMatrix('Cyrus IMAP', missing.cyrus, startCyrus, ways);
