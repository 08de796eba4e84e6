import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD, USERS } from './dovecot.js';
import { programPath, UNPACKED } from './programs.js';
import { certificateIn, Folder, foreground, freePorts, listening, type Running } from './running.js';

export interface Cyrus extends Running {
  readonly ports: Readonly<Record<'imap' | 'imaps', number>>;
  readonly ca: string;
}

const root = join(UNPACKED, 'cyrus');
const bin = join(root, 'usr/lib/cyrus/bin');
const libraries = { LD_LIBRARY_PATH: `${join(root, 'usr/lib/x86_64-linux-gnu')}:${join(root, 'usr/lib/cyrus/lib')}` };

/** Debian's Cyrus IMAP, its passwords in a sasldb. It logs through the system's log alone, so {@link Running.log} is its telemetry: one file per session. */
export async function startCyrus(): Promise<Cyrus> {
  const folder = new Folder();
  const ports = await freePorts('imap', 'imaps');
  const files = certificateIn(folder, 0o644);
  for (const name of ['config', 'config/socket', 'config/proc', 'config/log', 'spool', 'sasl']) {
    mkdirSync(folder.at(name));
    chownSync(folder.at(name), 8, 8); // mail
  }
  for (const user of USERS.slice(0, 10)) {
    execFileSync(
      programPath('saslpasswd2')!,
      ['-p', '-c', '-f', folder.at('sasl/db'), '-u', 'mail.example.test', user],
      {
        input: PASSWORD,
      },
    );
  }
  chmodSync(folder.at('sasl/db'), 0o644);
  folder.write('imapd.conf', imapd(folder, files.cert, files.key));
  folder.write('cyrus.conf', services(folder, ports));
  const cyrus = foreground(
    join(bin, 'master'),
    ['-C', folder.at('imapd.conf'), '-M', folder.at('cyrus.conf'), '-p', folder.at('master.pid'), '-D'],
    libraries,
  );
  const log = () => cyrus.printed();
  const stop = async () => {
    await cyrus.stop();
    folder.remove();
  };
  try {
    for (const port of Object.values(ports)) await listening(port, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, ca: files.cert, log, stop };
}

function imapd(folder: Folder, cert: string, key: string): string {
  return `
configdirectory: ${folder.at('config')}
partition-default: ${folder.at('spool')}
defaultpartition: default
cyrus_user: mail
servername: mail.example.test
allowplaintext: yes
autocreate_quota: 0
autocreate_post: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${folder.at('sasl/db')}
sasl_mech_list: PLAIN LOGIN
failedloginpause: 0
tls_server_cert: ${cert}
tls_server_key: ${key}
lmtpsocket: ${folder.at('config/socket/lmtp')}
`;
}

function services(folder: Folder, ports: Cyrus['ports']): string {
  const options = `-C ${folder.at('imapd.conf')}`;
  return `
START {
  recover cmd="${bin}/ctl_cyrusdb -r ${options}"
}
SERVICES {
  imap cmd="${bin}/imapd -U 30 ${options}" listen="127.0.0.1:${ports.imap}" prefork=0
  imaps cmd="${bin}/imapd -s -U 30 ${options}" listen="127.0.0.1:${ports.imaps}" prefork=0
}
EVENTS {
}
`;
}
