import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../src/certs/index.js';
import { COMMAND, ROOT, type Running, run, start } from '../harness/command.js';
import { imapServer, Lines, type ScriptedImap } from '../harness/imap-script.js';

let folder = '';
let backend: ScriptedImap;
const running: Running[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ja3-sensor-proxy-'));
  chmodSync(folder, 0o755);
  certify('localhost');
  backend = await imapServer();
});

afterEach(async () => {
  for (const { child, finished } of running.splice(0)) {
    child.kill('SIGKILL');
    await finished;
  }
  await backend.close();
  rmSync(folder, { recursive: true });
});

function certify(name: string): void {
  const { chain, key } = selfSignedCertificate(name, 2);
  writeFileSync(join(folder, 'tls.pem'), chain + key);
  chmodSync(join(folder, 'tls.pem'), 0o600);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Writes a configuration. @returns its path */
function configure(ports: readonly number[], more: Record<string, unknown> = {}): string {
  const path = join(folder, 'proxy.yaml');
  const configuration = {
    hostname: 'proxy.test',
    listeners: [{ protocol: 'imap', tls: 'implicit', listen: ports.map((port) => `127.0.0.1:${port}`) }],
    certificates: [{ chain: 'tls.pem' }],
    backends: { dovecot: { hosts: `127.0.0.1:${backend.port}`, health: 'none' } },
    ...more,
  };
  writeFileSync(path, JSON.stringify(configuration)); // which is YAML
  return path;
}

/** Starts a proxy. @returns when it listens */
async function proxy(path: string): Promise<Running> {
  const started = start(['proxy', '--config', path]);
  running.push(started);
  await notice(started, 'listening');
  return started;
}

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

/** JSON lines on standard error so far, and what reads more of them. */
const lines = new WeakMap<Running, { all: Line[]; more: Set<() => void> }>();

function linesOf(of: Running): { all: Line[]; more: Set<() => void> } {
  let known = lines.get(of);
  if (known === undefined) {
    const fresh = { all: [] as Line[], more: new Set<() => void>() };
    known = fresh;
    lines.set(of, fresh);
    let text = '';
    of.child.stderr.on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line.startsWith('{')) fresh.all.push(JSON.parse(line) as Line);
      }
      for (const look of fresh.more) look();
    });
  }
  return known;
}

/** The first line with this message that comes, or has come, from the `from`th on. */
async function notice(of: Running, message: string, from = 0): Promise<Line> {
  const { all, more } = linesOf(of);
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = all.slice(from).find(({ msg }) => msg.startsWith(message));
      if (found === undefined) return;
      more.delete(look);
      resolve(found);
    };
    more.add(look);
    void of.finished.then(({ stderr }) => reject(new Error(`ended without "${message}": ${stderr}`)));
    look();
  });
}

async function client(port: number): Promise<Lines> {
  const tls = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'localhost' });
  await once(tls, 'secureConnect');
  return new Lines(tls);
}

async function logIn(port: number): Promise<Lines> {
  const lines = await client(port);
  lines.send('a1 LOGIN u p\r\n');
  await lines.until(/^a1 OK/);
  return lines;
}

async function answers(lines: Lines, tag: string): Promise<string> {
  lines.send(`${tag} NOOP\r\n`);
  return lines.until(new RegExp(`^${tag} `));
}

function end(of: Running, signal: NodeJS.Signals = 'SIGTERM') {
  of.child.kill(signal);
  return of.finished;
}

/** The user a process runs as, and the processes it has begun. */
const userOf = (pid: number) => Number(/^Uid:\t\d+\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

describe('ja3-sensor proxy --check', () => {
  it('says that a configuration can be used', async () => {
    const { code, stdout, stderr } = await run(['proxy', '--check', '--config', configure([10_993])]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/can be used/);
  });

  it('says what is wrong, and where', async () => {
    const path = configure([10_993], { backends: { dovecot: { host: 'x' } } });
    const { code, stderr } = await run(['proxy', '--check', '--config', path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^${path}:1:\\d+: backends.dovecot`, 'm'));
    expect(stderr).not.toMatch(/internal error/);
  });

  it('says what a start on this machine would fail at', async () => {
    const path = configure([10_993], {
      user: 'nobody-of-this-name',
      log: 'none/logins.json',
      login_log: { to: 'other/text.log' },
    });
    const { code, stderr } = await run(['proxy', '--check', '--config', path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/: user: there is no such user on this machine$/m);
    expect(stderr).toMatch(/: log: \S+\/none: there is no such folder$/m);
    expect(stderr).toMatch(/: login_log\.to: \S+\/other: there is no such folder$/m);
  });

  it.skipIf(process.getuid?.() !== 0)('warns of a key that its user could not read again (needs root)', async () => {
    const path = configure([10_993], { user: 'nobody' });
    const warning = /: warning: certificates\[0\]\.chain: \S+\/tls\.pem: nobody cannot read it, so SIGHUP/;
    const { code, stderr } = await run(['proxy', '--check', '--config', path]);
    expect(code).toBe(0);
    expect(stderr).toMatch(warning);
    chmodSync(join(folder, 'tls.pem'), 0o644);
    expect((await run(['proxy', '--check', '--config', path])).stderr).not.toMatch(warning);
  });

  it.skipIf(!existsSync('/proc/self/limits'))(
    'says that more connections are asked for than files may be open (skipped where /proc has no limits)',
    async () => {
      const path = configure([10_993], { limits: { connections: 1_000_000 } });
      const { code, stderr } = await run(['proxy', '--check', '--config', path]);
      const [, allowed] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))!;
      expect(code).toBe(0);
      expect(stderr.includes(`${allowed} are allowed here`)).toBe(Number(allowed) < 2_000_000);
    },
  );

  it('says that there is no such file, and that one must be named', async () => {
    const missing = await run(['proxy', '--check', '--config', join(folder, 'none.yaml')]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/no such file/);
    const unnamed = await run(['proxy']);
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toMatch(/--config/);
  });
});

describe('ja3-sensor proxy', () => {
  it('logs a login as JSON, with fingerprint and outcome, and ends with 0 on SIGTERM', async () => {
    const port = await freePort();
    const started = await proxy(configure([port]));
    const session = await logIn(port);
    const line = await notice(started, 'login');
    expect(line).toMatchObject({ outcome: 'succeeded', user: 'u', ja3_hash: expect.stringMatching(/^[0-9a-f]{32}$/) });
    session.socket.destroy();
    const { code, stdout } = await end(started);
    expect([code, stdout]).toEqual([0, '']);
  });

  it('writes lines like a Dovecot’s, and asks its policy server', async () => {
    const port = await freePort();
    const text = join(folder, 'dovecot.log');
    const policy = { server: 'http://127.0.0.1:9/', nonce: 'n', reject_on_fail: true };
    const started = await proxy(configure([port], { login_log: { to: text, style: '2.3' }, policy }));
    const lines = await client(port);
    lines.send('a1 LOGIN u p\r\n');
    expect(await lines.until(/^a1 /)).toContain('a1 NO');
    expect(await notice(started, 'login')).toMatchObject({
      outcome: 'refused',
      verdict: 'reject',
      verdict_source: 'failure',
    });
    lines.socket.destroy();
    await end(started);
    expect(readFileSync(text, 'utf8')).toMatch(
      /imap-login: Info: .*: user=<u>, method=PLAIN, rip=127\.0\.0\.1, lip=127\.0\.0\.1,/,
    );
  });

  it('records logins in the database', async () => {
    const port = await freePort();
    const database = join(folder, 'logins.db');
    const started = await proxy(configure([port], { database }));
    (await logIn(port)).socket.destroy();
    expect((await end(started)).code).toBe(0);
    const stored = new Database(database, { readonly: true });
    const counts = stored
      .prepare('SELECT (SELECT count(*) FROM logins) AS logins, (SELECT count(*) FROM observations) AS hellos')
      .get();
    stored.close();
    expect(counts).toEqual({ logins: 1, hellos: 1 });
  });

  it('says that an address is taken', async () => {
    const other = await imapServer();
    const { code, stderr } = await run(['proxy', '--config', configure([other.port])]);
    await other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/EADDRINUSE/);
  });

  it('lets sessions end after SIGTERM, and takes no new ones', async () => {
    const port = await freePort();
    const started = await proxy(configure([port]));
    const session = await logIn(port);
    started.child.kill('SIGTERM');
    await notice(started, 'stopping');
    await expect(client(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await answers(session, 'a2')).toContain('a2 OK');
    session.socket.end();
    expect((await started.finished).code).toBe(0);
  });

  it('does not wait after a second SIGTERM', async () => {
    const port = await freePort();
    const started = await proxy(configure([port]));
    const session = await logIn(port);
    started.child.kill('SIGTERM');
    await notice(started, 'stopping');
    expect((await end(started)).code).toBe(143);
    session.socket.destroy();
  });

  it('cuts sessions when drain_timeout is over', async () => {
    const port = await freePort();
    const started = await proxy(configure([port], { limits: { drain_timeout: '0s' } }));
    const session = await logIn(port);
    expect((await end(started)).code).toBe(0);
    expect(await session.toEnd()).toBe('');
  });

  it('reads its configuration again on SIGHUP, with the certificate, and loses no session', async () => {
    const [port, second] = [await freePort(), await freePort()];
    const log = join(folder, 'login.log');
    const started = await proxy(configure([port], { log }));
    const session = await logIn(port);
    const { fingerprint256 } = (session.socket as import('node:tls').TLSSocket).getPeerCertificate();
    certify('localhost');
    configure([port, second], { log });
    rmSync(log);
    started.child.kill('SIGHUP');
    await notice(started, 'the configuration was read again');
    expect(await answers(session, 'a2')).toContain('a2 OK');
    for (const to of [port, second]) {
      const other = await logIn(to);
      const presented = (other.socket as import('node:tls').TLSSocket).getPeerCertificate();
      expect(presented.fingerprint256).not.toBe(fingerprint256);
      other.socket.destroy();
    }
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(2);
    session.socket.destroy();
    await end(started);
  });

  it('stays as it was where the new configuration is wrong', async () => {
    const port = await freePort();
    const path = configure([port]);
    const started = await proxy(path);
    writeFileSync(path, 'listeners: {');
    started.child.kill('SIGHUP');
    expect((await notice(started, 'the configuration stays as it was')).msg).toContain(path);
    (await logIn(port)).socket.destroy();
    await end(started);
  });

  it('shares its ports among processes, replaces one that is killed, and ends with all of them', async () => {
    const port = await freePort();
    const started = await proxy(configure([port], { workers: 2 }));
    const workers = childrenOf(started.child.pid!);
    expect(workers).toHaveLength(2);
    (await logIn(port)).socket.destroy();
    const { all } = linesOf(started);
    const from = all.length;
    process.kill(workers[0]!, 'SIGKILL');
    await notice(started, 'a worker ended and is replaced', from);
    (await logIn(port)).socket.destroy();
    started.child.kill('SIGHUP');
    await notice(started, 'the configuration was read again', from);
    expect((await end(started)).code).toBe(0);
  });

  it('says once why its processes cannot begin', async () => {
    const other = await imapServer();
    const { code, stderr } = await run(['proxy', '--config', configure([other.port], { workers: 2 })]);
    await other.close();
    expect(code).toBe(1);
    expect(stderr.match(/EADDRINUSE/g)).toHaveLength(1);
  });
});

const isRoot = process.geteuid?.() === 0;

describe.skipIf(!isRoot)('ja3-sensor proxy, started as root (skipped for other users)', () => {
  it.each([1, 2])(
    'becomes another user when it listens, and its files are that user’s (%i processes)',
    async (workers) => {
      const port = await freePort();
      const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
      chmodSync(folder, 0o777);
      const log = join(folder, 'login.log');
      const started = await proxy(configure([port], { user: 'nobody', log, workers }));
      const pids = [started.child.pid!, ...childrenOf(started.child.pid!)];
      expect(pids).toHaveLength(workers === 1 ? 1 : workers + 1);
      expect(pids.map(userOf)).toEqual(pids.map(() => nobody));
      (await logIn(port)).socket.destroy();
      expect((await end(started)).code).toBe(0);
      expect(statSync(log).uid).toBe(nobody);
      expect(readFileSync(log, 'utf8')).toContain('"outcome":"succeeded"');
    },
  );

  it('says that there is no such user', async () => {
    const { code, stderr } = await run(['proxy', '--config', configure([await freePort()], { user: 'no-such-user' })]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/no-such-user/);
  });
});

const activate = spawnSync('systemd-socket-activate', ['--version']).status === 0;

describe.skipIf(!activate)(
  'ja3-sensor proxy with sockets of systemd (skipped where systemd-socket-activate is not installed)',
  () => {
    it.each([1, 2])('takes connections on them (%i processes)', async (workers) => {
      const port = await freePort();
      const path = configure([], {
        workers,
        listeners: [{ protocol: 'imap', tls: 'implicit', systemd: 'imaps' }],
      });
      const child = spawn(
        'systemd-socket-activate',
        ['-l', `127.0.0.1:${port}`, '--fdname=imaps', '-E', 'PATH', ...COMMAND, 'proxy', '--config', path],
        { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] },
      );
      const ended = once(child, 'exit');
      child.stderr.setEncoding('utf8');
      try {
        // It starts the program with the first connection.
        let said = '';
        for await (const text of child.stderr.iterator({ destroyOnReturn: false })) {
          said += String(text);
          if (said.includes('Listening on')) break;
        }
        child.stderr.resume();
        (await logIn(port)).socket.destroy();
        expect(existsSync(path)).toBe(true);
      } finally {
        child.kill('SIGTERM');
        await ended;
      }
    });
  },
);
