import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { PASSWORD, USERS } from './dovecot.js';
import { programPath } from './programs.js';
import { certificateIn, Folder, foreground, freePorts, listening, type Running } from './running.js';

export interface Postfix extends Running {
  /** `…Proxied`: with a PROXY header first. `…Trusting`: believes XCLIENT of any address of 127.0.0.0/8. */
  readonly ports: Readonly<
    Record<
      | 'submission'
      | 'submissions'
      | 'submissionProxied'
      | 'submissionsProxied'
      | 'submissionTrusting'
      | 'submissionsTrusting',
      number
    >
  >;
  readonly ca: string;
}

/** What `postfix check` makes, with the same owner; it takes seconds for that. */
const QUEUES = [
  'active',
  'bounce',
  'corrupt',
  'defer',
  'deferred',
  'flush',
  'hold',
  'incoming',
  'maildrop',
  'private',
  'public',
  'saved',
  'trace',
];

/** Debian's Postfix, its passwords asked of a Dovecot of its own. Mail that is submitted is thrown away, and logged. */
export async function startPostfix(): Promise<Postfix> {
  const folder = new Folder();
  const ports = await freePorts(
    'submission',
    'submissions',
    'submissionProxied',
    'submissionsProxied',
    'submissionTrusting',
    'submissionsTrusting',
  );
  const files = certificateIn(folder);
  mkdirSync(folder.at('queue'));
  for (const name of QUEUES) mkdirSync(folder.at(`queue/${name}`), { mode: name === 'public' ? 0o710 : 0o700 });
  mkdirSync(folder.at('queue/pid'));
  mkdirSync(folder.at('data'), { mode: 0o700 });
  execFileSync('chown', ['postfix', folder.at('data'), ...QUEUES.map((name) => folder.at(`queue/${name}`))]);
  folder.write('users', USERS.map((user) => `${user}:{PLAIN}${PASSWORD}\n`).join(''));
  folder.write('dovecot.conf', passwords(folder));
  folder.write('main.cf', main(folder, files.cert, files.key));
  folder.write('master.cf', master(ports));
  const dovecot = foreground(programPath('dovecot')!, ['-F', '-c', folder.at('dovecot.conf')]);
  const postfix = foreground('/usr/lib/postfix/sbin/master', ['-c', folder.path, '-s']);
  const log = () => folder.read('log');
  const stop = async () => {
    await Promise.all([postfix.stop(), dovecot.stop()]);
    folder.remove();
  };
  try {
    const said = () => dovecot.printed() + postfix.printed() + log();
    for (const port of Object.values(ports)) await listening(port, said);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, ca: files.cert, log, stop };
}

function passwords(folder: Folder): string {
  return `
base_dir = ${folder.at('base')}
state_dir = ${folder.at('state')}
log_path = ${folder.at('dovecot.log')}
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = ${folder.at('users')}
}
service anvil {
  # no growing delay for an address whose passwords were wrong
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener ${folder.at('auth')} {
    mode = 0666
  }
}
`;
}

function main(folder: Folder, cert: string, key: string): string {
  return `
compatibility_level = 3.6
queue_directory = ${folder.at('queue')}
data_directory = ${folder.at('data')}
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder.at('log')}
maillog_file_prefixes = ${folder.path}
myhostname = mail.example.test
mydestination =
inet_protocols = ipv4
default_transport = discard
local_transport = discard
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${folder.at('auth')}
smtpd_sasl_security_options = noanonymous
smtpd_tls_cert_file = ${cert}
smtpd_tls_key_file = ${key}
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
smtpd_client_port_logging = yes
smtpd_client_connection_count_limit = 0
`;
}

function master(ports: Postfix['ports']): string {
  const wrapped = '-o smtpd_tls_wrappermode=yes';
  const proxied = '-o smtpd_upstream_proxy_protocol=haproxy';
  const trusting = '-o smtpd_authorized_xclient_hosts=127.0.0.0/8';
  const smtpd = (port: number, ...options: string[]) => `127.0.0.1:${port} inet n - n - - smtpd ${options.join(' ')}`;
  return `${smtpd(ports.submission)}
${smtpd(ports.submissions, wrapped)}
${smtpd(ports.submissionProxied, proxied)}
${smtpd(ports.submissionsProxied, wrapped, proxied)}
${smtpd(ports.submissionTrusting, trusting)}
${smtpd(ports.submissionsTrusting, wrapped, trusting)}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
error unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`;
}
