import { execFile } from 'node:child_process';
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

async function login(port: number): Promise<number> {
  const { stdout } = await run('python3', ['-c', LOGIN, String(port)]);
  return Number(stdout) * 1000;
}

const KINDS = [
  ['nobody else', null],
  ['200 hellos in segments of one byte', 'one-byte'],
  ['2,000 clients stalled in half a hello', 'half-hello'],
  ['2,000 new silent connections a second', 'silent'],
] as const;

/** How long a login takes while the proxy is flooded from eight addresses. */
export async function measureFloods(processes: Processes, logins: number): Promise<string> {
  processes.makeCertificate();
  const backend = await processes.backend('imap', processes.folder);
  const rows: string[][] = [];
  for (const [name, kind] of KINDS) {
    const proxy = await processes.proxy('ja3-sensor', backend.port);
    const flood = kind === null ? null : await processes.flood(kind, proxy.port);
    const took: number[] = [];
    for (let i = 0; i < logins; i++) took.push(await login(proxy.port));
    const connections = flood === null ? 0 : await flood.stop();
    rows.push([name, String(connections), median(took).toFixed(0), Math.max(...took).toFixed(0)]);
  }
  const title = `${logins} logins of Python's imaplib through the proxy, one after the other, milliseconds`;
  return `${title}\n\n${table(['meanwhile', 'connections made', 'median', 'longest'], rows)}`;
}
