import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, type Running, run, start } from '../harness/command.js';
import { Lines } from '../harness/imap-script.js';
import { run as runProgram, talk } from '../harness/mail/clients/client.js';
import { programPath, without } from '../harness/mail/programs.js';

let temporary = '';
let running: Running | null = null;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'ja3-sensor-test-'));
});

afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.finished;
  running = null;
  rmSync(temporary, { recursive: true });
});

/** Starts it, and waits for what it says first. */
async function demo(): Promise<{ invitation: string; imaps: number; imap: number; backend: number }> {
  running = start(['demo', 'proxy'], { TMPDIR: temporary });
  let invitation = '';
  for await (const text of running.child.stderr as AsyncIterable<string>) {
    invitation += text;
    if (invitation.includes('Logins:')) break;
  }
  const [imaps, imap, backend] = [...invitation.matchAll(/^ {2}localhost:(\d+) /gm)].map(([, port]) => Number(port));
  return { invitation, imaps: imaps!, imap: imap!, backend: backend! };
}

async function interrupt(signal: NodeJS.Signals = 'SIGINT') {
  running!.child.kill(signal);
  const { code, stdout } = await running!.finished;
  return {
    code,
    lines: stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** The line of the invitation that begins so. */
function command(invitation: string, beginning: string): string {
  return invitation
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.startsWith(beginning))!;
}

async function client(port: number): Promise<Lines> {
  const tls = connectTls({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
  await once(tls, 'secureConnect');
  return new Lines(tls);
}

const paste = (line: string) => runProgram('sh', ['-c', line], '', { HOME: temporary, TERM: 'xterm' });

describe('ja3-sensor demo proxy', () => {
  it('takes logins, logs them as the proxy does, and tells the client what was seen of it', async () => {
    const { imaps } = await demo();
    const lines = await client(imaps);
    lines.send('a LOGIN demo wrong\r\n');
    expect(await lines.until(/^a /)).toContain('a NO [AUTHENTICATIONFAILED]');
    lines.send('b LOGIN demo demo\r\nc SELECT INBOX\r\nd FETCH 1 BODY[TEXT]\r\n');
    const letter = await lines.until(/^d OK/);
    lines.socket.destroy();
    const ended = await interrupt();
    expect(ended.code).toBe(0);
    expect(ended.lines).toMatchObject([
      { msg: 'login', outcome: 'failed', user: 'demo', listener: 'imaps', reason_code: 'auth_failed' },
      { msg: 'login', outcome: 'succeeded', user: 'demo', sni: 'localhost', tls: true },
    ]);
    const seen = ended.lines[1]!;
    for (const key of ['ja3_hash', 'ssl_ja3_hash', 'ja3n_hash', 'ja4']) {
      expect(letter).toMatch(new RegExp(`^ +${key} +${String(seen[key])}\\r$`, 'm'));
    }
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with 0 on %s, cuts sessions and leaves no file',
    async (signal) => {
      const { imaps, invitation } = await demo();
      const certificate = /\S+\.pem$/m.exec(invitation)![0];
      expect(existsSync(certificate)).toBe(true);
      const lines = await client(imaps);
      await lines.until(/^\* OK/);
      const ended = once(lines.socket.resume(), 'close');
      expect((await interrupt(signal)).code).toBe(0);
      await ended;
      expect(readdirSync(temporary).filter((name) => name.startsWith('ja3-sensor'))).toEqual([]);
    },
  );

  it('takes other ports where the usual ones are taken', async () => {
    const taken = [10_993, 10_144].map((port) =>
      createServer()
        .listen(port, '127.0.0.1')
        .on('error', () => {}),
    );
    const { imaps, backend } = await demo();
    expect([imaps, backend]).not.toContain(10_993);
    expect([imaps, backend]).not.toContain(10_144);
    (await client(imaps)).socket.destroy();
    await interrupt();
    for (const server of taken) server.close();
  });

  it('knows nothing else to demonstrate', async () => {
    const { code, stderr } = await run(['demo', 'imap']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are proxy')]);
  });
});

const missing = (program: string) => (programPath(program) === null ? program : '');

describe('what ja3-sensor demo proxy says to try', () => {
  it.skipIf(missing('curl') !== '')(`works with curl${without(missing('curl'))}`, async () => {
    const { invitation } = await demo();
    const { code, printed } = await paste(command(invitation, 'curl').replace('curl', 'curl -sS'));
    const { lines } = await interrupt();
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ outcome: 'succeeded', user: 'demo' }]);
    expect(printed).toContain(String(lines[0]!.ja3_hash));
  });

  it.skipIf(missing('python3') !== '')(`works with python${without(missing('python3'))}`, async () => {
    const { invitation } = await demo();
    const { code, printed } = await paste(command(invitation, 'python3'));
    const { lines } = await interrupt();
    expect([code, printed]).toEqual([0, expect.stringContaining('Subject: ')]);
    expect(printed).toContain(String(lines[0]!.ja4));
  });

  const noMutt = missing('mutt') || missing('script');
  it.skipIf(noMutt !== '')(`works with mutt, without a question${without(noMutt)}`, async () => {
    const { invitation } = await demo();
    const line = command(invitation, 'mutt');
    const screen = talk('script', ['-qec', line, '/dev/null'], { HOME: temporary, TERM: 'xterm' });
    expect(await screen.hears(/---Mutt: .*Msgs:1/)).not.toBeNull();
    screen.says('\r');
    expect(await screen.hears(/f35ce21b44ac0b87d3266294bb1b0e20/)).not.toBeNull();
    screen.says('qq');
    expect((await screen.end()).code).toBe(0);
    expect((await interrupt()).lines).toMatchObject([
      // Of Dovecot's documentation, for Mutt with GnuTLS.
      { outcome: 'succeeded', user: 'demo', ssl_ja3_hash: 'b7e9d913d85c071f5b806d59601e9b96' },
    ]);
  });

  it.skipIf(missing('openssl') !== '')(`works with openssl s_client${without(missing('openssl'))}`, async () => {
    const { invitation } = await demo();
    const typed = command(invitation, 'and type:').replace(/^and type: +/, '');
    for (const beginning of ['openssl s_client -quiet -connect', 'openssl s_client -quiet -starttls imap']) {
      const session = talk('sh', ['-c', `exec ${command(invitation, beginning)}`]);
      if (!beginning.includes('starttls')) await session.hears(/^\* OK /m);
      session.says(`${typed}\n`);
      expect(await session.hears(/^a OK /m)).toBe('a OK ');
      session.says('b SELECT INBOX\nc FETCH 1 BODY[TEXT]\n');
      expect(await session.hears(/ja3_hash +[0-9a-f]{32}/)).not.toBeNull();
      session.says('d LOGOUT\n');
      await session.hears(/^d OK /m);
      await session.end();
    }
    expect((await interrupt()).lines).toMatchObject([
      { outcome: 'succeeded', listener: 'imaps', starttls: false },
      { outcome: 'succeeded', listener: 'imap', starttls: true },
    ]);
  });
});

const noScript = missing('script');
describe.skipIf(noScript !== '')(`ja3-sensor demo proxy at a terminal${without(noScript)}`, () => {
  it('tells of logins in words, and ends with Ctrl-C', async () => {
    // exec: some shells stay, and would end from Ctrl-C themselves.
    const line = `exec ${[...COMMAND, 'demo', 'proxy'].map((word) => `'${word}'`).join(' ')}`;
    const screen = talk('script', ['-qec', line, '/dev/null'], { TMPDIR: temporary, TERM: 'xterm' });
    const port = Number(/\d+/.exec((await screen.hears(/localhost:\d+ {2}IMAP, TLS/))!)![0]);
    await screen.hears(/Logins:/);
    const lines = await client(port);
    lines.send('a LOGIN demo wrong\r\n');
    await lines.until(/^a NO/);
    lines.send('b LOGIN demo demo\r\n');
    await lines.until(/^b OK/);
    lines.socket.destroy();
    expect(await screen.hears(/demo failed to log in, .* \(imaps\): /)).not.toBeNull();
    expect(
      await screen.hears(
        /demo logged in \(imaps\): .+\s+ja3_hash [0-9a-f]{32} {2}ssl_ja3_hash [0-9a-f]{32} {2}ja4 t13d/,
      ),
    ).not.toBeNull();
    screen.says('\x03');
    expect((await screen.end()).code).toBe(0);
    expect(readdirSync(temporary).filter((name) => name.startsWith('ja3-sensor'))).toEqual([]);
  });
});
