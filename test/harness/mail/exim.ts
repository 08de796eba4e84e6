import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD } from './dovecot.js';
import { UNPACKED } from './programs.js';
import { certificateIn, Folder, foreground, freePorts, listening, type Running } from './running.js';

export interface Exim extends Running {
  /** `…Proxied`: with a PROXY header first. */
  readonly ports: Readonly<Record<'submission' | 'submissions' | 'submissionProxied' | 'submissionsProxied', number>>;
  readonly ca: string;
}

const PROGRAM = join(UNPACKED, 'exim/usr/sbin/exim4');

/** Debian's Exim (`exim4-daemon-heavy`: the light one has no PROXY protocol). Mail that is submitted is thrown away, and logged. */
export async function startExim(): Promise<Exim> {
  const folder = new Folder();
  const ports = await freePorts('submission', 'submissions', 'submissionProxied', 'submissionsProxied');
  const files = certificateIn(folder, 0o644);
  folder.write('exim.conf', configuration(folder, files.cert, files.key, ports));
  for (const name of ['spool', 'log']) {
    mkdirSync(folder.at(name));
    chownSync(folder.at(name), 8, 8); // mail
  }
  const exim = foreground(PROGRAM, ['-C', folder.at('exim.conf'), '-bdf']);
  const log = () => folder.read('log/main') + folder.read('log/reject') + folder.read('log/panic');
  const stop = async () => {
    await exim.stop();
    folder.remove();
  };
  try {
    for (const port of Object.values(ports)) await listening(port, () => exim.printed() + log());
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, ca: files.cert, log, stop };
}

function configuration(folder: Folder, cert: string, key: string, ports: Exim['ports']): string {
  return `
primary_hostname = mail.example.test
spool_directory = ${folder.at('spool')}
log_file_path = ${folder.at('log')}/%s
pid_file_path = ${folder.at('exim.pid')}
exim_user = mail
exim_path = ${PROGRAM}
exim_group = mail
never_users =
local_interfaces = <; ${Object.values(ports)
    .map((port) => `[127.0.0.1]:${port}`)
    .join('; ')}
tls_on_connect_ports = ${ports.submissions} : ${ports.submissionsProxied}
tls_advertise_hosts = *
tls_certificate = ${cert}
tls_privatekey = ${key}
hosts_proxy = \${if or{{eq{$received_port}{${ports.submissionProxied}}}{eq{$received_port}{${ports.submissionsProxied}}}} {*}{}}
auth_advertise_hosts = *
acl_smtp_rcpt = rcpt
log_selector = +incoming_port +proxy +smtp_connection
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max_per_host = 0
begin acl
rcpt:
  accept authenticated = *
  deny message = log in first
begin routers
everything:
  driver = accept
  transport = nowhere
begin transports
nowhere:
  driver = appendfile
  file = /dev/null
  user = mail
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{match{$auth2}{^u\\\\d+\\$}}{eq{$auth3}{${PASSWORD}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = \${if and{{match{$auth1}{^u\\\\d+\\$}}{eq{$auth2}{${PASSWORD}}}}}
  server_set_id = $auth1
`;
}
