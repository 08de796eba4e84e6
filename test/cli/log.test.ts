import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, run, start } from '../harness/command.js';

const sample = (name: string): string => join(ROOT, 'samples/logs', `${name}.log`);
const rowsOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const HASH = 'b7e9d913d85c071f5b806d59601e9b96';
const line = (user: string, stamp = '2026-11-22T07:48:35Z'): string =>
  `${stamp} mail dovecot: imap-login: Logged in: user=<${user}>, method=PLAIN, rip=198.51.100.21, lip=192.0.2.28, TLS, session=<${user}>, ssl_ja3_hash=${HASH}\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-log-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('ja3-sensor log', () => {
  it('names the client that Dovecot documents', async () => {
    const { code, stdout, stderr } = await run(['log', '-'], { input: Buffer.from(line('bob')) });
    expect(code).toBe(0);
    const [row] = rowsOf(stdout);
    expect(row).toMatchObject({
      file: '-',
      timestamp: '2026-11-22T07:48:35Z',
      protocol: 'imap',
      user: 'bob',
      outcome: 'succeeded',
      src_ip: '198.51.100.21',
      src_port: null,
      tls: true,
      ssl_ja3_hash: HASH,
      rung: 'ssl_ja3',
      family: 'GnuTLS',
    });
    expect(row?.labels).toContainEqual(expect.objectContaining({ client: 'mutt' }));
    expect(stderr).toContain('1 line, 1 login, 0 failed');
  });

  it('prints every format, each with the same logins', async () => {
    const file = sample('dovecot-2.4');
    const [ndjson, json, short, csv, table] = await Promise.all(
      [['--format', 'ndjson'], ['--format', 'json'], ['--json'], ['--format', 'csv'], ['--format', 'table']].map(
        (args) => run(['log', ...args, file]),
      ),
    );
    const rows = rowsOf(ndjson!.stdout);
    expect(rows.length).toBe(readFileSync(file, 'utf8').match(/-login: Info: Log/g)?.length);
    expect(JSON.parse(json!.stdout)).toEqual(rows);
    expect(short!.stdout).toBe(json!.stdout);
    expect(csv!.stdout.trimEnd().split('\n')).toHaveLength(rows.length + 1);
    expect(table!.stdout.trimEnd().split('\n')).toHaveLength(rows.length + 1);
    // what is hostile is escaped: a name that would turn the rest of the line around
    expect(table!.stdout).toContain('\\u202egro.elpmaxe');
    for (const { stdout } of [ndjson!, json!, csv!, table!]) {
      for (const character of ['\u202e', '\u001b']) expect(stdout).not.toContain(character);
    }
  });

  it('sums up by client', async () => {
    const { stdout } = await run(['log', '--summary', '--format', 'ndjson', sample('syslog-iso')]);
    const groups = rowsOf(stdout);
    // scripts/samples/situations.py, `few`, once a server
    expect(
      groups.map(({ fingerprint, succeeded, failed, none, users }) => [fingerprint, succeeded, failed, none, users]),
    ).toEqual([
      [null, 2, 3, 1, 4],
      ['c12b4ccd5320bbb380ca1a9df90f771d', 2, 3, 1, 4],
    ]);
    const table = await run(['log', '--summary', '--format', 'table', sample('syslog-iso')]);
    expect(table.stdout).toContain('no fingerprint');
  });

  it('leaves out what is older than --since', async () => {
    const input = Buffer.from(line('old') + line('new', '2026-11-22T09:00:00Z'));
    const { stdout, stderr } = await run(['log', '--since', '2026-11-22T08:00:00Z', '-'], { input });
    expect(rowsOf(stdout).map((row) => row.user)).toEqual(['new']);
    expect(stderr).toContain('1 before --since');
  });

  it('takes years from when the file was last written', async () => {
    const file = join(folder, 'log');
    writeFileSync(file, line('bob', 'Feb 29 12:00:00'));
    utimesSync(file, Date.UTC(2021, 5, 1) / 1000, Date.UTC(2021, 5, 1) / 1000);
    const { stdout } = await run(['log', file], { environment: { TZ: 'UTC' } });
    expect(rowsOf(stdout)[0]?.timestamp).toBe('2020-02-29T12:00:00Z');
  });

  it.each([
    ['', 'the log is empty'],
    ['Nov 22 07:48:35 mail postfix/qmgr[1]: x\n', 'no line is one of a Dovecot login process'],
    [line('bob').replace(/, ssl_ja3.*/, ''), 'ssl_ja3_hash=%{ssl_ja3_hash}'],
    [
      line('bob')
        .replace(/, ssl_ja3.*/, '')
        .replace(', TLS', ''),
      'no login was inside TLS',
    ],
  ])('says why there is nothing: %j', async (text, reason) => {
    const { code, stderr } = await run(['log', '-'], { input: Buffer.from(text) });
    expect(code).toBe(0);
    expect(stderr).toContain(reason);
  });

  it('does not call a log empty that it could not read', async () => {
    const missing = await run(['log', join(folder, 'missing')]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.not.stringContaining('the log is empty')]);
    const long = await run(['log', '-'], { input: Buffer.alloc(1_000_000, 'a') });
    expect(long.stderr).toContain('rejected: log_line_too_long 1\n');
    expect(long.stderr).not.toContain('the log is empty');
  });

  it('names the setting where most lines do not fit it', async () => {
    const { stderr } = await run(['log', '--elements', 'user=<%{user}', sample('dovecot-2.4')]);
    expect(stderr).toContain('compare --elements with `doveconf -h login_log_format_elements`');
    expect(stderr).not.toContain('inside TLS');
  });

  it('offers settings that it reads itself', async () => {
    const { stderr } = await run(['log', '-'], { input: Buffer.from(line('bob').replace(/, ssl_ja3.*/, '')) });
    const settings = stderr.split('\n').filter((text) => text.startsWith('login_log_format_elements = '));
    expect(settings).toHaveLength(2);
    for (const [i, name] of ['dovecot-2.4', 'dovecot-2.3'].entries()) {
      const elements = settings[i]!.slice('login_log_format_elements = '.length);
      const plain = await run(['log', sample(name)]);
      const named = await run(['log', '--elements', elements, sample(name)]);
      expect(named.stdout).toBe(plain.stdout);
    }
  });

  it('says what is wrong with a file, and goes on with the next', async () => {
    const packed = join(folder, 'log.1.gz');
    writeFileSync(packed, gzipSync(line('bob')));
    const { code, stdout, stderr } = await run(['log', join(folder, 'missing'), packed, folder, sample('syslog-iso')]);
    expect(code).toBe(1);
    expect(rowsOf(stdout)).toHaveLength(12);
    expect(stderr).toContain('missing: no such file');
    expect(stderr).toContain('log.1.gz: is gzipped');
    expect(stderr).toContain(`${folder}: is a directory`);
  });

  it.each([
    [['-', '-'], 'can be read once only'],
    [['--follow', 'a', 'b'], '--follow takes one file'],
    [['--since', 'yesterday', 'x'], 'is no moment'],
    [['--elements', 'nothing', 'x'], 'has no variable'],
    [['--json', '--format', 'csv', 'x'], '--json does not go with'],
    [['--users', 'some', 'x'], 'Allowed choices are hmac, plain, none'],
    [['--database', '/nonexistent/x.db', 'x'], 'no database at'],
  ])('ends %j with 2 and says why', async (args, reason) => {
    const { code, stdout, stderr } = await run(['log', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
  });

  it('logs refused lines with --verbose, by place, and counts them in --stats', async () => {
    const input = Buffer.from(line('bob') + line('mallory', 'Nov 31 07:48:35'));
    const { stderr } = await run(['log', '--verbose', '--stats', '-'], { input });
    const [refused, stats] = rowsOf(stderr);
    expect(refused).toMatchObject({ level: 'warn', file: '-', code: 'log_timestamp', offset: line('bob').length });
    expect(stderr).not.toContain('mallory');
    expect(stats).toMatchObject({ lines: 2, rejected: { log_timestamp: 1 }, logins: { succeeded: 1 } });
  });

  it('records each login once', async () => {
    const database = join(folder, 'x.db');
    const first = await run(['log', '--record', '--database', database, sample('dovecot-2.4')]);
    const rows = rowsOf(first.stdout).length;
    expect(first.stderr).toContain(`recorded ${rows} in`);
    const again = await run(['log', '--record', '--database', database, sample('dovecot-2.4')]);
    expect(again.stderr).toContain(`recorded 0 in ${database}, ${rows} were there already`);
    // user names are hashed where nothing else is said
    expect(readFileSync(database).includes('mallory')).toBe(false);
  });
});

describe('ja3-sensor log --follow', () => {
  it('reads what grows, is renamed away and begun again, and is cut; and ends at SIGINT', async () => {
    const file = join(folder, 'log');
    const { child, finished, printed } = start(['log', '--follow', file]);
    const errors: string[] = [];
    child.stderr.on('data', (text: string) => errors.push(text));
    await new Promise<void>((resolve) => {
      child.stderr.on('data', () => errors.join('').includes('not there yet') && resolve());
    });
    writeFileSync(file, line('first'));
    await printed('"user":"first"');
    // a line in two pieces
    const second = line('second');
    appendFileSync(file, second.slice(0, 40));
    appendFileSync(file, second.slice(40));
    await printed('"user":"second"');
    // logrotate with `create`: whoever has the old one open still writes to it
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, line('third'));
    writeFileSync(file, line('fourth'));
    await printed('"user":"third"');
    await printed('"user":"fourth"');
    // logrotate with `copytruncate`
    truncateSync(file, 0);
    appendFileSync(file, line('x'));
    await printed('"user":"x"');
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    expect(rowsOf(stdout).map((row) => row.user)).toEqual(['first', 'second', 'third', 'fourth', 'x']);
    expect(errors.join('')).toContain('5 lines, 5 logins');
  });

  it('records what it has seen a moment later, and sums up when it is told to end', async () => {
    const file = join(folder, 'log');
    const database = join(folder, 'x.db');
    writeFileSync(file, line('bob'));
    const { child, finished, printed } = start(['log', '--follow', '--record', '--database', database, file]);
    await printed('"user":"bob"');
    child.kill('SIGTERM');
    const { code, stderr } = await finished;
    expect(code).toBe(143);
    expect(stderr).toContain('recorded 1 in');
  });

  it('ends at SIGINT while a pipe says nothing', async () => {
    const { child, finished, printed } = start(['log', '-']);
    child.stdin.write(line('bob'));
    await printed('"user":"bob"');
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
  });

  it('ends quietly where nobody reads on', async () => {
    const { child, finished } = start(['log', '-']);
    child.stdout.destroy();
    child.stdin.end(line('bob').repeat(20_000));
    expect((await finished).code).toBe(0);
  });
});
