import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { type Login, loginCapture, loginPackets } from '../build/login-capture.js';
import { COMMAND, ROOT, run, start } from '../harness/command.js';

const folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, logins: readonly Login[]): string {
  const path = join(folder, name);
  writeFileSync(path, loginCapture(logins));
  return path;
}

const two = file('two.pcap', [{ sni: 'a.example' }, { sni: 'b.example', alpn: ['imap'] }]);
const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('pcap', () => {
  it('prints JSON lines where nobody looks, and says what was seen', async () => {
    const { code, stdout, stderr } = await run(['pcap', two]);
    expect(code).toBe(0);
    expect(rowsOf(stdout)).toMatchObject([
      {
        file: two,
        frame: 2,
        timestamp: '2026-11-22T04:28:45.000500Z',
        src_ip: '192.0.2.7',
        sni: 'a.example',
        alpn: null,
      },
      {
        file: two,
        frame: 4,
        dst_ip: '198.51.100.1',
        dst_port: 993,
        sni: 'b.example',
        alpn: ['imap'],
        tls_version: '1.3',
      },
    ]);
    expect(stderr).toBe('ja3-sensor: 4 packets, 2 TCP connections, 2 with TLS, 2 hellos\n');
  });

  it('ends with one JSON object of all files instead', async () => {
    const { stdout, stderr } = await run(['pcap', '--stats', two, two]);
    expect(rowsOf(stdout)).toHaveLength(4);
    expect(JSON.parse(stderr)).toMatchObject({
      packets: 8,
      connections: 4,
      tls_connections: 4,
      hellos: 4,
      rejected: {},
    });
  });

  it('makes one JSON document of several files', async () => {
    for (const format of ['json', 'ja3']) {
      const { stdout } = await run(['pcap', '--format', format, two, two]);
      expect(JSON.parse(stdout)).toHaveLength(4);
    }
  });

  it('prints the fields asked for, in that order', async () => {
    const { stdout } = await run(['pcap', '--format', 'csv', '--fields', 'sni,dst_port', two]);
    expect(stdout).toBe('sni,dst_port\na.example,993\nb.example,993\n');
  });

  it('lets nothing from the wire reach the terminal as anything but text', async () => {
    const sni = '=\x1b[2J\x9b31m\x07"\\\r\n\xad';
    const hostile = file('hostile.pcap', [{ sni, alpn: ['\x1b]0;x\x07', '@SUM(1)'] }]);
    for (const format of ['table', 'ndjson', 'json', 'csv', 'eve', 'ja3']) {
      const { code, stdout, stderr } = await run(['pcap', '--format', format, hostile]);
      expect(code).toBe(0);
      expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      if (format === 'ndjson') expect(rowsOf(stdout)).toMatchObject([{ sni, alpn: ['\x1b]0;x\x07', '@SUM(1)'] }]);
      if (format === 'csv') expect(stdout).toContain(`,"'=\\x1b[2J`);
    }
  });

  it('names the file, the reason and the place of what it cannot read, and goes on', async () => {
    const cut = file('cut.pcap', [{ sni: 'a.example' }, { sni: 'b.example' }]);
    const whole = loginCapture([{ sni: 'a.example' }, { sni: 'b.example' }]);
    writeFileSync(cut, whole.subarray(0, whole.length - 5));
    const empty = join(folder, 'empty.pcap');
    writeFileSync(empty, '');
    const missing = join(folder, 'missing\x1b[2J.pcap');
    const { code, stdout, stderr } = await run([
      'pcap',
      '--fields',
      'sni',
      missing,
      folder,
      empty,
      `${ROOT}LICENSE`,
      cut,
      two,
    ]);
    expect(code).toBe(1);
    expect(rowsOf(stdout).map((row) => row.sni)).toEqual(['a.example', 'a.example', 'b.example']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    for (const [i, name] of [join(folder, 'missing\\x1b[2J.pcap'), folder, empty, `${ROOT}LICENSE`, cut].entries()) {
      expect(lines[i]).toMatch(/^ja3-sensor: /);
      expect(lines[i]).toContain(`${name}: `);
    }
    for (const line of lines.slice(3, 5)) expect(line).toMatch(/ at byte \d+$/);
    expect(lines.slice(1, 3).map((line) => line.split(': ').at(-1))).toEqual(['is a directory', 'the file is empty']);
  });

  it('explains an empty result', async () => {
    const { code, stdout, stderr } = await run(['pcap', file('none.pcap', [])]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toBe('ja3-sensor: 0 packets, 0 TCP connections, 0 with TLS, 0 hellos\n');
  });

  it('writes nothing without --record, and records once with it', async () => {
    const home = join(folder, 'data');
    const environment = { XDG_DATA_HOME: home };
    await run(['pcap', two], { environment });
    expect(existsSync(home)).toBe(false);
    const first = await run(['pcap', '--record', two], { environment });
    expect(first.code).toBe(0);
    expect(first.stderr).toContain(`recorded 2 in ${home}/ja3-sensor/ja3-sensor.db\n`);
    const again = await run(['pcap', '--record', two], { environment });
    expect(again.stderr).toContain('recorded 0 in ');
    expect(again.stderr).toContain('2 were there already');
    expect(again.stdout).toBe(first.stdout);
  });

  it('says that a database is none, and ends with 1', async () => {
    const { code, stdout, stderr } = await run(['pcap', '--database', `${ROOT}LICENSE`, two]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain('LICENSE');
  });

  it('logs rejected hellos with --verbose, a JSON line each', async () => {
    const broken = loginPackets({ sni: 'a.example' }, 0);
    // The odd length of a list of ciphers: RFC 8446 section 4.1.2.
    const at = Buffer.from(broken).indexOf(Buffer.from([0, 4, 0x13, 0x01]));
    broken[at + 1] = 3;
    const path = join(folder, 'broken.pcap');
    writeFileSync(path, Buffer.concat([loginCapture([]), broken]));
    const { code, stdout, stderr } = await run(['pcap', '--verbose', path]);
    expect([code, stdout]).toEqual([0, '']);
    const [log, closing] = stderr.split('\n');
    expect(JSON.parse(log!)).toMatchObject({
      level: 'warn',
      file: path,
      frame: 2,
      src: '192.0.2.7:1024',
      dst: '198.51.100.1:993',
    });
    expect(closing).toContain(`rejected 1: ${JSON.parse(log!).code} 1`);
  });
});

describe('a stream', () => {
  it('is printed row by row while it is being written', async () => {
    const { child, finished, printed } = start(['pcap', '--fields', 'sni', '-']);
    child.stdin.write(loginCapture([{ sni: 'first.example' }]));
    await printed('first.example');
    child.stdin.write(loginPackets({ sni: 'second.example' }, 1));
    await printed('second.example');
    child.stdin.end();
    expect(await finished).toMatchObject({ code: 0, stdout: '{"sni":"first.example"}\n{"sni":"second.example"}\n' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s with what was found, the closing line and %i', async (signal, expected) => {
    const { child, finished, printed } = start(['pcap', '--format', 'json', '--fields', 'sni', '-']);
    child.stdin.write(loginCapture([{ sni: 'first.example' }]));
    await printed('first.example');
    child.kill(signal);
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(expected);
    expect(JSON.parse(stdout)).toEqual([{ sni: 'first.example' }]);
    expect(stderr).toBe('ja3-sensor: 2 packets, 1 TCP connection, 1 with TLS, 1 hello\n');
  });

  it('is recorded while it is being written: no end may ever come', async () => {
    const database = join(folder, 'live.db');
    const { child, finished, printed } = start(['pcap', '--record', '--database', database, '--fields', 'sni', '-']);
    child.stdin.write(loginCapture([{ sni: 'first.example' }]));
    await printed('first.example');
    const reader = new Database(database, { readonly: true });
    const recorded = (): unknown[] => reader.prepare('SELECT sni FROM observations').pluck().all();
    while (recorded().length === 0) await setImmediate();
    child.kill('SIGKILL');
    await finished;
    expect(recorded()).toEqual(['first.example']);
    reader.close();
  });

  it('ends quietly when its reader goes away', async () => {
    const { child, finished, printed } = start(['pcap', '--fields', 'sni', '-']);
    child.stdin.write(loginCapture([{ sni: 'first.example' }]));
    await printed('first.example');
    child.stdout.destroy();
    child.stdin.write(loginPackets({ sni: 'second.example' }, 1));
    // Not closed: it is the output that ends the command.
    expect(await finished).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('waits for a slow reader and loses nothing', async () => {
    const count = 3000;
    const many = file(
      'many.pcap',
      Array.from({ length: count }, (_, i) => ({ sni: `host${i}.example` })),
    );
    const { child, finished } = start(['pcap', many]);
    child.stdout.pause();
    child.stdin.end();
    // Its pipe is full long before all is read; what wakes it is this reader, a piece a turn.
    await setImmediate();
    child.stdout.resume();
    const { code, stdout } = await finished;
    expect(code).toBe(0);
    expect(rowsOf(stdout)).toHaveLength(count);
  });
});

describe('a full disk', () => {
  it.skipIf(!existsSync('/dev/full'))('is one clear line and 1 (needs /dev/full)', () => {
    for (const args of [['pcap', two], ['pcap', '--format', 'table', two], ['pcap', '--help'], ['--version']]) {
      const result = spawnSync(COMMAND[0]!, [...COMMAND.slice(1), ...args], {
        cwd: ROOT,
        stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
        encoding: 'utf8',
      });
      expect(result.status).toBe(1);
      expect(result.stderr).toBe('ja3-sensor: the output could not be written: the disk is full\n');
    }
  });
});

describe('a shell pipe', () => {
  it('may be closed early', () => {
    const line = [...COMMAND, 'pcap', two].map((word) => `'${word}'`).join(' ');
    const result = spawnSync('sh', ['-c', `(${line}; echo "code $?" >&2) | true`], { cwd: ROOT, encoding: 'utf8' });
    expect(result.stderr).toBe('code 0\n');
  });
});
