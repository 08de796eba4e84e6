import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { planJobs } from '../../src/cli/jobs/plan.js';
import { loginCapture, loginPackets } from '../build/login-capture.js';
import { COMMAND, ROOT, run, start } from '../harness/command.js';

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-jobs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const logins = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ sni: `${name}${i}.example`, ...(i % 3 === 0 ? { alpn: ['imap'] } : {}) }));

/** A hello with a list of ciphers of odd length: RFC 8446 section 4.1.2. */
function brokenLogin(): Uint8Array {
  const broken = loginPackets({ sni: 'broken.example' }, 7);
  broken[Buffer.from(broken).indexOf(Buffer.from([0, 4, 0x13, 0x01])) + 1] = 3;
  return broken;
}

const long = write('long.pcap', loginCapture(logins('long', 4000)));
const cut = write('cut.pcap', loginCapture(logins('cut', 500)).subarray(0, -5));
const packed = write('packed.pcap.gz', gzipSync(loginCapture(logins('packed', 300))));
const broken = write('broken.pcap', Buffer.concat([loginCapture(logins('a', 2)), brokenLogin(), brokenLogin()]));
const samples = ['hello-retry', 'imap-starttls', 'dovecot-2.4'].map((name) => `${ROOT}samples/${name}/${name}.pcapng`);
const missing = join(folder, 'missing.pcap');
/** The long one first: all others are done before its rows are. */
const files = [long, cut, missing, broken, packed, ROOT, write('none.pcap', loginCapture([])), ...samples, long];

/** Without the time of writing, which no two runs share. */
const timeless = (stderr: string) => stderr.replace(/"time":"[^"]*",/g, '');

describe('several files at once', () => {
  it.each<[string, ...string[]]>([
    ['ndjson'],
    ['ndjson', '--server', '--openssl', '3.5'],
    ['ndjson', '--stats'],
    ['csv', '--fields', 'file,frame,sni,alpn,labels'],
    ['json'],
    ['ja3'],
    ['eve'],
    ['table'],
    ['table', '--fields', 'ja4_r,src_ip,labels'],
    ['table', '--summary'],
    ['json', '--summary', '--verbose'],
    ['ndjson', '--verbose'],
  ])('print what one after the other prints: %s %s %s %s', async (...options) => {
    const args = ['pcap', '--format', ...options.filter((option) => option !== undefined), ...files];
    const alone = await run([...args, '--jobs', '1']);
    expect(alone.code).toBe(1);
    expect(alone.stdout).not.toBe('');
    const together = await run([...args, '--jobs', '3']);
    expect({ ...together, stderr: timeless(together.stderr) }).toEqual({ ...alone, stderr: timeless(alone.stderr) });
  });

  it('are recorded as one after the other', async () => {
    const recorded = async (jobs: string) => {
      const database = join(folder, `${jobs}.db`);
      const options = ['--record', '--database', database, '--fields', 'sni', '--jobs', jobs];
      const { code, stdout, stderr } = await run(['pcap', ...options, ...files]);
      const reader = new Database(database, { readonly: true });
      const rows = reader
        .prepare('SELECT time_s, time_ns, src_port, dst_port, sni, alpn FROM observations')
        .raw()
        .all();
      reader.close();
      return { code, stdout, stderr: stderr.replace(database, 'the database'), rows };
    };
    const alone = await recorded('1');
    expect(alone.rows.length).toBeGreaterThan(4000);
    expect(await recorded('3')).toEqual(alone);
  });

  it('leave standard input to its turn', async () => {
    const args = ['pcap', '--fields', 'file,sni', cut, '-', long];
    const input = loginCapture(logins('input', 40));
    const alone = await run([...args, '--jobs', '1'], { input });
    expect(alone.stdout).toContain('{"file":"-","sni":"input39.example"}');
    expect(await run([...args, '--jobs', '2'], { input })).toEqual(alone);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('end at %s with what was found, the closing line and %i', async (signal, expected) => {
    const { child, finished, printed } = start(['pcap', '--format', 'json', '--jobs', '2', long, long, long]);
    await printed('long0.example');
    // Its pipe fills: it is in the middle of printing when the signal comes.
    child.stdout.pause();
    child.kill(signal);
    await setImmediate();
    child.stdout.resume();
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(expected);
    const names = (JSON.parse(stdout) as { sni: string }[]).map(({ sni }) => sni);
    expect(names[0]).toBe('long0.example');
    expect(stderr).toMatch(/^ja3-sensor: [^\n]* hellos?\n$/);
    expect(stderr).toContain(` ${String(names.length).replace(/\B(?=\d{3}$)/, ',')} hello`);
  });

  it('leave a named pipe to the first thread, which prints each row as it comes', async () => {
    const pipe = join(folder, 'named.fifo');
    execFileSync('mkfifo', [pipe]);
    const { finished, printed } = start(['pcap', '--fields', 'sni', '--jobs', '2', pipe, cut, packed]);
    const writer = await open(pipe, 'w');
    await writer.write(loginCapture([{ sni: 'first.example' }]));
    await printed('first.example');
    await writer.write(loginPackets({ sni: 'second.example' }, 1));
    await printed('second.example');
    await writer.close();
    const { code, stdout } = await finished;
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(2 + 499 + 300 + 1);
  });

  it('end quietly when nobody reads any more', () => {
    const line = [...COMMAND, 'pcap', '--jobs', '3', ...samples, long, long].map((word) => `'${word}'`).join(' ');
    const shell = `(${line}; echo "code $?" >&2) | head -n 1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', shell], { cwd: ROOT, encoding: 'utf8' });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('code 0\n');
  });

  it.each(['0', '65', '-1', '1.5', 'two', ''])('are not %j at once', async (jobs) => {
    const { code, stdout, stderr } = await run(['pcap', `--jobs=${jobs}`, long, long]);
    expect([code, stdout, stderr]).toEqual([2, '', 'ja3-sensor: --jobs is a number from 1 to 64\n']);
  });
});

describe('how many threads', () => {
  const sized = (name: string, megabytes: number): string => {
    const path = write(name, new Uint8Array());
    truncateSync(path, megabytes * (1 << 20));
    return path;
  };
  const large = sized('large', 4096);
  const other = sized('other', 100);
  const small = sized('small', 1);

  const several = availableParallelism() > 1;

  it.each<[number, readonly string[]]>([
    [0, [large]],
    [0, [large, small, small]],
    [0, [large, '-']],
    [0, [large, missing, ROOT]],
    // The main thread reads one of them.
    [several ? 1 : 0, [large, other]],
    [several ? 2 : 0, [large, other, small]],
    [several ? Math.min(availableParallelism(), 80) : 0, Array<string>(80).fill(small)],
  ])('%i besides the main one (case %#)', (expected, of) => {
    expect(planJobs(of, null).threads).toBe(expected);
  });

  it.each([
    [2, 8, [small, small, small], [null, small, small]],
    [2, 2, [small, small, small], [small, small, small]],
    [3, 8, ['-', small, small, small], [null, small, small, small]],
    [0, 8, ['-', small], [null, small]],
  ] as const)('%i where %i files are to be read at once (case %#)', (expected, asked, of, files) => {
    expect(planJobs(of, asked)).toEqual({ threads: expected, files });
  });
});
