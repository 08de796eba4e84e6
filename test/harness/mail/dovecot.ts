import { chmodSync, mkdirSync } from 'node:fs';
import { programPath } from './programs.js';
import { certificateIn, Folder, foreground, freePorts, listening, type Running } from './running.js';
import { startSink } from './sink.js';

/** The users of every server of these tests, and the one password. */
export const USERS = Array.from({ length: 40 }, (_, at) => `u${at + 1}`);
export const PASSWORD = 'secret-pass';

const PORTS = [
  'imap',
  'imaps',
  'pop3',
  'pop3s',
  'submission',
  'submissions',
  'sieve',
  'imapProxied',
  'imapsProxied',
  'pop3Proxied',
  'pop3sProxied',
  'submissionProxied',
  'submissionsProxied',
  'sieveProxied',
] as const;

export interface Dovecot extends Running {
  /** `…Proxied`: with a PROXY header first, from any address of 127.0.0.0/8. */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  readonly ca: string;
  /** Mails that were submitted. */
  readonly mails: readonly string[];
}

export interface DovecotSettings {
  /** `login_trusted_networks`: who may say by ID or XCLIENT who its client is. Nobody, unless given. */
  readonly trusts?: string;
  /** A socket for Postfix's SASL, in this folder. */
  readonly authFor?: string;
  /** Lines behind its configuration, whose settings count over those before. */
  readonly more?: string;
}

/** Debian's Dovecot 2.3 with IMAP, POP3, submission and ManageSieve; its login lines carry addresses, ports and the forwarded JA3. */
export async function startDovecot(settings: DovecotSettings = {}): Promise<Dovecot> {
  const folder = new Folder();
  const ports = await freePorts(...PORTS);
  const files = certificateIn(folder);
  const sink = await startSink();
  mkdirSync(folder.at('mail'));
  chmodSync(folder.at('mail'), 0o777);
  folder.write('users', USERS.map((user) => `${user}:{PLAIN}${PASSWORD}\n`).join(''));
  folder.write('dovecot.conf', configuration(folder, files.cert, files.key, ports, sink.port, settings));
  const log = () => folder.read('dovecot.log');
  const program = foreground(programPath('dovecot')!, ['-F', '-c', folder.at('dovecot.conf')]);
  const stop = async () => {
    await program.stop();
    await sink.close();
    folder.remove();
  };
  try {
    for (const port of Object.values(ports)) await listening(port, () => program.printed() + log());
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, ca: files.cert, mails: sink.mails, log, stop };
}

function listener(name: string, port: number, ...more: string[]): string {
  return `inet_listener ${name} {\n port = ${port}\n ${more.join('\n ')}\n}`;
}

function configuration(
  folder: Folder,
  cert: string,
  key: string,
  ports: Dovecot['ports'],
  relayPort: number,
  { trusts, authFor, more }: DovecotSettings,
): string {
  const proxied = 'haproxy = yes';
  const tls = 'ssl = yes';
  const services = [
    ['imap-login', 'imap', 'imaps', ports.imap, ports.imaps, ports.imapProxied, ports.imapsProxied],
    ['pop3-login', 'pop3', 'pop3s', ports.pop3, ports.pop3s, ports.pop3Proxied, ports.pop3sProxied],
    [
      'submission-login',
      'submission',
      'submissions',
      ports.submission,
      ports.submissions,
      ports.submissionProxied,
      ports.submissionsProxied,
    ],
  ] as const;
  return `
base_dir = ${folder.at('base')}
state_dir = ${folder.at('state')}
log_path = ${folder.at('dovecot.log')}
protocols = imap pop3 submission sieve
listen = 127.0.0.1
hostname = mail.example.test
ssl = yes
ssl_cert = <${cert}
ssl_key = <${key}
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 apop scram-sha-1 scram-sha-256
auth_verbose = yes
auth_failure_delay = 0
mail_location = maildir:${folder.at('mail')}/%u
mail_max_userip_connections = 1000
first_valid_uid = 1
imap_id_retain = yes
submission_relay_host = 127.0.0.1
submission_relay_port = ${relayPort}
passdb {
  driver = passwd-file
  args = ${folder.at('users')}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder.at('mail')}/%u
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
}
login_log_format_elements = user=<%u> method=%m rip=%r rport=%b lip=%l lport=%a %c session=<%{session}> ja3h=%{passdb:forward_ssl_ja3_hash} ja3=%{passdb:forward_ssl_ja3}
haproxy_trusted_networks = 127.0.0.0/8
${trusts === undefined ? '' : `login_trusted_networks = ${trusts}`}
${services
  .map(
    ([service, plain, secure, ...numbers]) => `service ${service} {
${listener(plain, numbers[0])}
${listener(secure, numbers[1], tls)}
${listener(`${plain}_proxied`, numbers[2], proxied)}
${listener(`${secure}_proxied`, numbers[3], tls, proxied)}
 chroot =
}`,
  )
  .join('\n')}
service managesieve-login {
${listener('sieve', ports.sieve)}
${listener('sieve_proxied', ports.sieveProxied, proxied)}
 chroot =
}
service anvil {
  # no growing delay for an address whose passwords were wrong
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
${
  authFor === undefined
    ? ''
    : `service auth {
  unix_listener ${authFor}/auth {
    mode = 0666
  }
}`
}
${more ?? ''}
`;
}
