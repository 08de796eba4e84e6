import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PASSWORD, USERS } from './dovecot.js';
import { dovecot24Setup, UNPACKED } from './programs.js';
import { certificateIn, Folder, foreground, freePorts, listening, type Running } from './running.js';
import { startSink } from './sink.js';

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

export interface Dovecot24 extends Running {
  /** `…Proxied`: with a PROXY header first, from any address of 127.0.0.0/8. */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  readonly ca: string;
}

/**
 * Debian trixie's Dovecot 2.4, which computes a JA3 of its own, in a root of its own: `ja3h=` and `ja3=` in its login lines are that, `fwd=` is what was forwarded.
 *
 * @param trusts `login_trusted_networks`: who may say by ID or XCLIENT who its client is. Nobody, unless given.
 * @param more lines behind its configuration, whose settings count over those before
 */
export async function startDovecot24({ trusts, more }: { trusts?: string; more?: string } = {}): Promise<Dovecot24> {
  const root = unpacked();
  const folder = new Folder(join(root, 'srv'));
  const inside = `/srv/${basename(folder.path)}`;
  const ports = await freePorts(...PORTS);
  const files = certificateIn(folder);
  const sink = await startSink();
  mkdirSync(folder.at('mail'));
  chmodSync(folder.at('mail'), 0o777);
  folder.write('users', USERS.map((user) => `${user}:{PLAIN}${PASSWORD}\n`).join(''));
  folder.write('dovecot.conf', configuration(inside, ports, sink.port, trusts, more));
  const log = () => folder.read('dovecot.log');
  const program = foreground('chroot', [root, '/usr/sbin/dovecot', '-F', '-c', `${inside}/dovecot.conf`]);
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
  return { ports, ca: files.cert, log, stop };
}

/** The root, made where there is none yet: in a folder beside, which then gets its name in one step. */
function unpacked(): string {
  const ready = join(UNPACKED, 'dovecot24');
  if (!existsSync(ready)) {
    mkdirSync(UNPACKED, { recursive: true });
    const fresh = mkdtempSync(join(UNPACKED, 'dovecot24-'));
    chmodSync(fresh, 0o755);
    execFileSync('sh', [dovecot24Setup, fresh], { stdio: 'ignore' });
    try {
      renameSync(fresh, ready);
    } catch {
      rmSync(fresh, { recursive: true }); // another process was quicker
    }
  }
  return join(ready, 'root');
}

function configuration(
  inside: string,
  ports: Dovecot24['ports'],
  relayPort: number,
  trusts: string | undefined,
  more = '',
): string {
  const service = (name: string, listeners: readonly (readonly [string, number, ...string[]])[]) =>
    `service ${name} {\n${listeners
      .map(([label, port, ...more]) => `inet_listener ${label} {\n port = ${port}\n ${more.join('\n ')}\n}`)
      .join('\n')}\n chroot =\n}\n`;
  const [tls, proxied] = ['ssl = yes', 'haproxy = yes'];
  return `
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = ${inside}/base
state_dir = ${inside}/state
log_path = ${inside}/dovecot.log
listen = 127.0.0.1
protocols {
  imap = yes
  pop3 = yes
  submission = yes
  sieve = yes
}
submission_relay_host = 127.0.0.1
submission_relay_port = ${relayPort}
hostname = mail.example.test
auth_allow_cleartext = yes
auth_mechanisms = plain login cram-md5
auth_verbose = yes
auth_failure_delay = 0s
ssl = yes
ssl_server_cert_file = ${inside}/cert.pem
ssl_server_key_file = ${inside}/key.pem
mail_driver = maildir
mail_path = ${inside}/mail/%{user}
mail_uid = nobody
mail_gid = nogroup
mail_max_userip_connections = 1000
first_valid_uid = 1
passdb passwd-file {
  passwd_file_path = ${inside}/users
}
userdb static {
  fields {
    uid = nobody
    gid = nogroup
    home = ${inside}/mail/%{user}
  }
}
imap_id_retain = yes
${trusts === undefined ? '' : `login_trusted_networks = ${trusts}`}
haproxy_trusted_networks = 127.0.0.0/8
login_log_format_elements = user=<%{user}> method=%{mechanism} rip=%{remote_ip} rport=%{remote_port} lip=%{local_ip} lport=%{local_port} %{secured} session=<%{session}> ja3h=%{ssl_ja3_hash} ja3=%{ssl_ja3} fwd=%{passdb:forward_ssl_ja3_hash}
${service('imap-login', [
  ['imap', ports.imap],
  ['imaps', ports.imaps, tls],
  ['imap_proxied', ports.imapProxied, proxied],
  ['imaps_proxied', ports.imapsProxied, tls, proxied],
])}${service('pop3-login', [
  ['pop3', ports.pop3],
  ['pop3s', ports.pop3s, tls],
  ['pop3_proxied', ports.pop3Proxied, proxied],
  ['pop3s_proxied', ports.pop3sProxied, tls, proxied],
])}${service('submission-login', [
  ['submission', ports.submission],
  ['submissions', ports.submissions, tls],
  ['submission_proxied', ports.submissionProxied, proxied],
  ['submissions_proxied', ports.submissionsProxied, tls, proxied],
])}${service('managesieve-login', [
  ['sieve', ports.sieve],
  ['sieve_proxied', ports.sieveProxied, proxied],
])}service anvil {
  # no growing delay for an address whose passwords were wrong
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
${more}
`;
}
