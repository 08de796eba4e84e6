import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../harness/mail/clients/client.js';
import { PASSWORD } from '../harness/mail/dovecot.js';
import { type Dovecot24, startDovecot24 } from '../harness/mail/dovecot24.js';
import { hasLine, proxied } from '../harness/mail/matrix.js';
import { missing, programPath, without } from '../harness/mail/programs.js';
import { listener, proxyOptions, type RunningProxy, startProxy } from '../harness/mail/proxy.js';
import { eventually, Folder } from '../harness/mail/running.js';

const s_client = (port: number) => ['s_client', '-quiet', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost'];
const gnutls = (port: number) => ['--no-ca-verification', '--crlf', '--sni-hostname', 'localhost', '-p', `${port}`];

/** Clients and settings with hellos of many kinds. What is typed to those that type nothing themselves: an IMAP LOGOUT. */
const PROGRAMS: readonly [name: string, program: string, args: (port: number, home: Folder) => readonly string[]][] = [
  ['openssl, TLS 1.2', 'openssl', (port) => [...s_client(port), '-tls1_2']],
  [
    'openssl, another hello after HelloRetryRequest',
    'openssl',
    (port) => [...s_client(port), '-groups', 'P-521:X25519'],
  ],
  [
    'openssl, one cipher',
    'openssl',
    (port) => [...s_client(port), '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ],
  ['openssl, no server name', 'openssl', (port) => [...s_client(port).slice(0, 4), '-noservername']],
  ['openssl, ALPN', 'openssl', (port) => [...s_client(port), '-alpn', 'imap']],
  ['openssl, OCSP', 'openssl', (port) => [...s_client(port), '-status']],
  ['gnutls-cli', 'gnutls-cli', (port) => [...gnutls(port), '127.0.0.1']],
  [
    'gnutls-cli, TLS 1.2',
    'gnutls-cli',
    (port) => [...gnutls(port), '--priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.2', '127.0.0.1'],
  ],
  [
    'gnutls-cli, one group',
    'gnutls-cli',
    (port) => [...gnutls(port), '--priority', 'NORMAL:-GROUP-ALL:+GROUP-SECP384R1', '127.0.0.1'],
  ],
  [
    'curl, TLS 1.2',
    'curl',
    (port) => ['--insecure', '--tls-max', '1.2', '--user', `u1:${PASSWORD}`, `imaps://localhost:${port}/`],
  ],
  [
    'mbsync',
    'mbsync',
    (port, home) => {
      mkdirSync(home.at('m'));
      const config = `IMAPAccount a
Host localhost
Port ${port}
User u1
Pass ${PASSWORD}
SSLType IMAPS
CertificateFile ${home.at('ca.pem')}

IMAPStore r
Account a

MaildirStore l
Path ${home.at('m')}/
Inbox ${home.at('INBOX')}

Channel c
Far :r:
Near :l:
`;
      return ['-c', home.write('mbsyncrc', config), '--list', 'c'];
    },
  ],
  [
    'fetchmail',
    'fetchmail',
    (port, home) => {
      const config = `poll localhost protocol imap port ${port} user "u1" password "${PASSWORD}" ssl sslcertfile "${home.at('ca.pem')}" mda "/bin/true" keep\n`;
      return [
        '--check',
        '-v',
        '-f',
        home.write('fetchmailrc', config, 0o600),
        '--pidfile',
        home.at('pid'),
        '--idfile',
        home.at('ids'),
      ];
    },
  ],
];

describe.skipIf(missing.dovecot24 !== '')(
  `ssl_ja3 is what Dovecot 2.4 says of the same hello, passed through${without(missing.dovecot24)}`,
  () => {
    let server: Dovecot24;
    let proxy: RunningProxy;
    let home: Folder;
    beforeAll(async () => {
      home = new Folder();
      server = await startDovecot24();
      home.write('ca.pem', readFileSync(server.ca));
      proxy = await startProxy(
        proxyOptions(
          [listener({ protocol: 'imap', tls: 'implicit', mode: 'passed_through' })],
          [proxied(server.ports.imapsProxied)],
        ),
      );
    });
    afterAll(async () => {
      await proxy?.close();
      await server?.stop();
      home?.remove();
    });
    for (const [name, program, args] of PROGRAMS) {
      const path = programPath(program);
      it.skipIf(path === null)(`${name}${without(path === null ? program : '')}`, async () => {
        const before = proxy.logins.length;
        const { printed } = await run(path!, args(proxy.port, home), 'a LOGOUT\r\n', { HOME: home.path });
        const login = await eventually(
          'a login event',
          () => proxy.logins[before],
          () => printed,
        );
        expect(login.fingerprint, `${printed}\n${JSON.stringify(login)}`).not.toBeNull();
        const { string, hash } = login.fingerprint!.sslJa3['3.5'];
        expect(login.remote.ip).toBe('127.0.0.1');
        await eventually(
          'the same JA3 in the log',
          () => hasLine(server.log(), `rip=127.0.0.1, rport=${login.remote.port},`, `ja3h=${hash}, ja3=${string}`),
          () => `${printed}\n${hash} ${string}\n${server.log()}`,
        );
      });
    }
  },
);
