import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keyedNames, LineReader, type LoginTextOptions, openLoginText } from '../../../../src/login/index.js';
import type { ProxiedLogin } from '../../../../src/model/index.js';
import { ROOT } from '../../../harness/command.js';
import { programPath, without } from '../../../harness/mail/programs.js';
import { mutt } from '../../../harness/observation.js';
import { proxiedLogin } from '../../../harness/proxied-login.js';
import { temporaryFolder } from '../../store/folder.js';

type Options = Partial<Omit<LoginTextOptions, 'target'>>;

/** The lines of these logins in a file, without their time. */
function written(logins: readonly ProxiedLogin[], options: Options = {}): string[] {
  const file = join(temporaryFolder(), 'login.log');
  const log = openLoginText({ target: { file }, style: '2.3', openssl: '3.0', pid: 1, ...options });
  for (const login of logins) log.write(login);
  log.close();
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

const untimed = (lines: readonly string[]): string[] => lines.map((line) => line.slice('Nov 22 09:05:07 '.length));

const failed = (changes: Partial<ProxiedLogin> = {}): ProxiedLogin =>
  proxiedLogin({ outcome: 'failed', reasonCode: 'auth_failed', reason: 'no', duration: 2_100, ...changes });

const END = `TLS, ssl_ja3_hash=${mutt.sslJa3Hash}, ja4=t13d2913ap_000000000001_000000000002, session=<KfNMtNhgEurGM2QV>`;

describe('a login log in a file', () => {
  it('looks like a Dovecot 2.3, with the fingerprint before the session', () => {
    expect(untimed(written([proxiedLogin(), failed()]))).toEqual([
      `imap-login: Info: Login: user=<alice@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, ${END}`,
      `imap-login: Info: Disconnected: Authentication failed (auth failed, 1 attempts in 2 secs): user=<alice@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, ${END}`,
    ]);
  });

  it('looks like a Dovecot 2.4', () => {
    expect(
      untimed(written([proxiedLogin({ protocol: 'smtp' }), failed({ protocol: 'pop3' })], { style: '2.4' })),
    ).toEqual([
      `submission-login: Info: Logged in: user=<alice@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, ${END}`,
      `pop3-login: Info: Login aborted: Authentication failed (auth failed, 1 attempts in 2 secs) (auth_failed): user=<alice@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, ${END}`,
    ]);
  });

  it("has Dovecot's time before each line, as date(1) gives it", () => {
    const [line] = written([proxiedLogin({ time: { seconds: 1_795_321_725, nanoseconds: 0, digits: 3 } })]);
    const date = spawnSync('date', ['-d', '@1795321725', '+%b %d %H:%M:%S'], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    expect(line!.slice(0, 15)).toBe(date.stdout.trim());
  });

  it('goes on in a new file after logrotate', () => {
    const file = join(temporaryFolder(), 'login.log');
    const log = openLoginText({ target: { file }, style: '2.4', openssl: '3.0', pid: 1 });
    onTestFinished(() => void log.close());
    log.write(proxiedLogin({ user: 'first' }));
    renameSync(file, `${file}.1`);
    log.write(proxiedLogin({ user: 'second' }));
    log.reopen();
    log.write(proxiedLogin({ user: 'third' }));
    const users = (path: string) => [...readFileSync(path, 'utf8').matchAll(/user=<(\w+)>/g)].map((match) => match[1]);
    expect([users(`${file}.1`), users(file)]).toEqual([['first', 'second'], ['third']]);
  });

  it('is one line whatever a client calls itself, and shows nothing that cannot be seen', () => {
    const [line, ...more] = written([failed({ user: 'a\r\nb\u202ec\u0000', mechanism: 'X\nY', session: 's\n>' })]);
    expect(more).toEqual([]);
    expect(line).toContain('user=<a??b\\u202ec?>, method=X?Y, ');
    expect(line).toContain('session=<s??>');
  });

  it('shows neither user nor address where it must not, nor a session that holds the address', () => {
    const privacy = { userName: keyedNames(Buffer.alloc(32, 1)), truncateAddresses: true };
    const [line] = written([proxiedLogin()], { privacy });
    expect(line).toMatch(/user=<[0-9a-f]{32}>, method=PLAIN, rip=192\.0\.2\.0, /);
    expect(line).not.toMatch(/alice|192\.0\.2\.7/);
    // Six bytes of a clock, two of a port, and the address: what is left holds nothing of it.
    const stem = /session=<([^>]*)>/.exec(line!)![1]!;
    expect('KfNMtNhgEurGM2QV'.startsWith(stem)).toBe(true);
    expect(Buffer.from(stem, 'base64').length).toBeLessThan(8);
  });
});

describe('who reads it', () => {
  it.each(['2.3', '2.4'] as const)('our own reader finds the logins that were written (%s)', (style) => {
    const reader = new LineReader({ latest: () => Date.UTC(2026, 11, 1) / 1000 });
    const hostile = failed({ user: 'x>, rip=6.6.6.6, session=<y' });
    const lines = written([proxiedLogin(), failed({ user: 'bob' }), proxiedLogin({ outcome: 'unseen' }), hostile], {
      style,
    });
    const read = lines.map((line) => {
      const login = reader.read(line);
      if (login === null || login instanceof Error) return login;
      return [login.outcome, login.user, login.remote?.ip, login.sslJa3?.hash, login.session];
    });
    const rest = ['192.0.2.7', mutt.sslJa3Hash, 'KfNMtNhgEurGM2QV'];
    expect(read).toEqual([
      ['succeeded', 'alice@example.org', ...rest],
      ['failed', 'bob', ...rest],
      null,
      ['failed', 'x?, rip=6.6.6.6, session=?y', ...rest],
    ]);
  });
});

const program = programPath('fail2ban-regex');
const FILTER = '/etc/fail2ban/filter.d/dovecot.conf';
const lacks = program !== null && existsSync(FILTER) ? '' : 'fail2ban';

/** The addresses that fail2ban would count a failure of, one for each line that its filter takes. */
function caught(lines: readonly string[], filter: string): string[] {
  const file = join(temporaryFolder(), 'mail.log');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { stdout } = spawnSync(program!, ['--out', 'ip', file, filter], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '');
}

describe.skipIf(lacks !== '')(`fail2ban's filter for Dovecot${without(lacks)}`, () => {
  /** The time of a line must be the last days' for fail2ban. */
  const time = { seconds: Math.floor(Date.now() / 1000), nanoseconds: 0, digits: 3 };
  const from = (ip: string, changes: Partial<ProxiedLogin> = {}) =>
    failed({ time, remote: { ip, port: 1 }, ...changes });
  const none: Partial<ProxiedLogin> = { outcome: 'none', user: null, mechanism: null, attempt: 0, backend: null };
  const failures = [
    from('192.0.2.1'),
    from('192.0.2.2', { attempt: 2 }),
    from('192.0.2.3', { user: null, protocol: 'pop3' }),
    from('192.0.2.4', { outcome: 'refused', reasonCode: 'cleartext_auth_disabled', tls: false, fingerprint: null }),
    from('192.0.2.5', { user: 'x>, rip=6.6.6.6, session=<y' }),
    from('192.0.2.6', { user: 'a b, rip=6.6.6.6', protocol: 'managesieve' }),
    from('2001:db8::7', { protocol: 'smtp' }),
    from('192.0.2.8', { outcome: 'refused', reasonCode: 'policy_refused' }),
  ];
  const others = [
    proxiedLogin({ time }),
    proxiedLogin({ time, outcome: 'unseen', user: null, mechanism: null }),
    from('192.0.2.10', { ...none, reasonCode: 'logged_out' }),
    from('192.0.2.11', { ...none, reasonCode: 'tls_handshake_not_finished', reason: 'no shared cipher' }),
    from('192.0.2.12', { outcome: 'refused', reasonCode: 'proxy_dest_connect_failed' }),
    from('192.0.2.13', { outcome: 'refused', reasonCode: 'temp_fail', user: 'rip=6.6.6.6' }),
    from('192.0.2.14', { ...none, protocol: 'smtp', reasonCode: 'no_auth_attempts', backend: 'mx (192.0.2.25:25)' }),
  ];
  const wanted = failures.map(({ remote }) => remote.ip);

  it('takes every failure of the 2.3 shape, once, by its own address, and nothing else', () => {
    expect(caught(written([...failures, ...others]), FILTER)).toEqual(wanted);
  });

  it('takes them from the journal and from syslog, behind the name dovecot', () => {
    const stamp = new Date(time.seconds * 1000).toISOString();
    const lines = untimed(written([...failures, ...others])).map(
      (line) => `${stamp} mail dovecot[99]: ${line.replace('Info: ', '')}`,
    );
    expect(caught(lines, FILTER)).toEqual(wanted);
  });

  it('takes those of the 2.4 shape with the expression of docs/login-log.md, and none without', () => {
    const lines = written([...failures, ...others], { style: '2.4' });
    const docs = readFileSync(join(ROOT, 'docs/login-log.md'), 'utf8');
    const added = /^failregex = (.*Login aborted.*)$/m.exec(docs)![1]!;
    // As fail2ban joins a filter's lines: what stands before the message is in prefregex there.
    const expression = added.replace('^', '^\\s*(?:\\w+-login: )?(?:Info: )?');
    expect(caught(lines, FILTER)).toEqual([]);
    expect(caught(lines, expression)).toEqual(wanted);
  });
});
