import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from '../../lib/measure.js';
import { table } from '../../lib/section.js';
import type { Processes } from './processes.js';

const run = promisify(execFile);

/** A login of Python's imaplib; prints the seconds it took, the program's own start left out. */
const LOGIN = `
import imaplib, ssl, sys, time
context = ssl._create_unverified_context()
begun = time.perf_counter()
client = imaplib.IMAP4_SSL('127.0.0.1', int(sys.argv[1]), ssl_context=context, timeout=60)
client.login('u', 'p')
print(time.perf_counter() - begun)
client.logout()
`;

async function imaplib(port: number): Promise<number> {
  const { stdout } = await run('python3', ['-c', LOGIN, String(port)]);
  return Number(stdout) * 1000;
}

const muttIsThere = ['mutt', 'script'].every((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);

/** All of mutt, in a terminal of its own: its start, the login, the empty mailbox, the end. */
async function mutt(port: number, folder: string): Promise<number> {
  const settings = [
    'set imap_pass=p ssl_verify_host=no ssl_verify_dates=no sleep_time=0 header_cache="" quit=yes',
    `set folder=imaps://u@localhost:${port}/`,
    `set certificate_file="${join(folder, 'cert.pem')}" ssl_ca_certificates_file="${join(folder, 'cert.pem')}"`,
    'push <quit>',
  ];
  const words = settings.map((words) => `-e '${words}'`).join(' ');
  const command = `mutt -n -F /dev/null -f imaps://u@localhost:${port}/INBOX ${words}`;
  const begun = performance.now();
  await run('script', ['-qec', command, '/dev/null'], {
    timeout: 60_000,
    env: { ...process.env, HOME: folder, TERM: 'xterm' },
  });
  return performance.now() - begun;
}

const KINDS = [
  ['nobody else', null],
  ['200 hellos in segments of one byte', 'one-byte'],
  ['2,000 clients stalled in half a hello', 'half-hello'],
  ['2,000 new silent connections a second', 'silent'],
] as const;

function spread(took: readonly number[]): readonly string[] {
  return took.length === 0 ? ['-', '-'] : [median(took).toFixed(0), Math.max(...took).toFixed(0)];
}

/** How long a login takes while the proxy is flooded from eight addresses. */
export async function measureFloods(processes: Processes, logins: number): Promise<string> {
  processes.makeCertificate();
  const backend = await processes.backend('imap', processes.folder);
  const rows: string[][] = [];
  for (const [name, kind] of KINDS) {
    const proxy = await processes.proxy('ja3-sensor', backend.port);
    const flood = kind === null ? null : await processes.flood(kind, proxy.port);
    const [ofImaplib, ofMutt]: [number[], number[]] = [[], []];
    for (let i = 0; i < logins; i++) {
      ofImaplib.push(await imaplib(proxy.port));
      if (muttIsThere) ofMutt.push(await mutt(proxy.port, processes.folder));
    }
    const connections = flood === null ? 0 : await flood.stop();
    rows.push([name, String(connections), ...spread(ofImaplib), ...spread(ofMutt)]);
  }
  const title = `${logins} logins each of Python's imaplib and of mutt (its start and end included) through the proxy, one after the other, milliseconds: median, longest`;
  return `${title}\n\n${table(['meanwhile', 'connections made', 'imaplib', '', 'mutt', ''], rows)}`;
}
