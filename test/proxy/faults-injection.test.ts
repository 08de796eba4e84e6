import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificatesOf } from '../harness/login-proxy.js';
import { clearProxy, connected, logIn, secured } from '../harness/sessions.js';
import { type Speech, speakingBackend, speeches } from '../harness/speech.js';
import { closer, listen, OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

const certificates = opensslIsThere ? certificatesOf(selfSigned('mail.test')) : null;
const protocols = speeches.map((speech) => [speech.protocol, speech] as const);

/** What is sent in clear behind the wish for TLS: a login of somebody else's, and less. */
function injections(speech: Speech): readonly (readonly [string, string])[] {
  const login = speech.login('mallory', 'p').map(([command]) => command);
  return [
    ['a login', login.join('')],
    ['a login whose last line has no end', login.join('').slice(0, -2)],
    ['the beginning of a command', 'x'],
    ['a hello’s beginning', '\x16\x03\x01'],
  ];
}

describe.skipIf(!opensslIsThere)(`what comes in clear behind STARTTLS (${OPENSSL_ABSENT})`, () => {
  describe.each(protocols)('from a %s client', (_, speech) => {
    it.each(injections(speech))('is no part of its session: %s', async (_, injected) => {
      const backend = await speakingBackend(speech);
      onTestFinished(backend.close);
      const starttls = { tls: 'starttls', certificates, cleartext: false } as const;
      const proxy = await clearProxy(speech, backend.port, {}, starttls);
      const clear = await connected(proxy.ports[0]!);
      await clear.until(speech.greeted);
      clear.send(speech.starttls[0] + injected);
      await clear.until(speech.starttls[1]);
      const client = await secured(proxy.ports[0]!, clear.socket);
      if (speech.protocol === 'sieve') await client.until(/^OK/);
      // The first command inside TLS is read as if nothing had been said.
      expect(await logIn(client, speech)).toMatch(speech.succeeded);
      expect(proxy.logins).toMatchObject([{ user: 'u', outcome: 'succeeded', attempt: 1, starttls: true }]);
      expect(backend.said.join('\n')).not.toContain('mallory');
      client.send('hello\r\n');
      expect(await client.until(/hello/)).toBe('echo hello\r\n');
    });

    it.each(injections(speech))('never reaches a backend that TLS is passed through to: %s', async (_, injected) => {
      const heard: Buffer[] = [];
      const server = createServer((socket) => {
        socket.on('error', () => {}); // the proxy may reset it
        socket.write(speech.greeting, 'latin1');
        socket.on('data', (chunk: Buffer) => {
          heard.push(chunk);
          for (const line of chunk.toString('latin1').split('\r\n')) {
            if (line !== '') socket.write(speech.answer(line).text, 'latin1');
          }
        });
      });
      onTestFinished(closer(server));
      const passed = { tls: 'starttls', mode: 'passed_through', cleartext: false, mechanisms: [] } as const;
      const proxy = await clearProxy(speech, await listen(server), {}, passed);
      // What was heard so far was a check of the backend, made for no client.
      heard.length = 0;
      const clear = await connected(proxy.ports[0]!);
      await clear.until(speech.greeted);
      clear.send(speech.starttls[0] + injected);
      await clear.until(speech.starttls[1]);
      clear.socket.end();
      await clear.toEnd();
      await proxy.proxy.close(60_000);
      // What the proxy says itself, and nothing of the client's.
      expect(Buffer.concat(heard).toString('latin1')).toMatch(
        /^(?:EHLO proxy\.test\r\n|CAPA\r\n|C CAPABILITY\r\n)*(?:S )?(?:STARTTLS|STLS)\r\n$/,
      );
      expect(proxy.logins).toHaveLength(1);
    });
  });

  describe.each(protocols)('from a %s backend', (_, speech) => {
    const answer = {
      imap: 'C OK\r\nL OK in\r\nl OK in\r\n',
      pop3: '+OK in\r\n+OK in\r\n',
      submission: '250 AUTH PLAIN\r\n235 in\r\n',
      smtp: '250 AUTH PLAIN\r\n235 in\r\n',
      sieve: '"SASL" "PLAIN"\r\nOK "in"\r\nOK "in"\r\n',
    }[speech.protocol];

    it.each([
      ['whole lines', answer],
      ['a line without its end', answer.slice(0, -2)],
      ['an octet', 'x'],
    ])('is no part of its session, which is not begun: %s', async (_, injected) => {
      const said: string[] = [];
      const server = createServer((socket) => {
        socket.on('error', () => {}); // the proxy may reset it
        socket.write(speech.greeting, 'latin1');
        let isClear = true;
        socket.on('data', (chunk: Buffer) => {
          if (!isClear) return;
          for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) {
            said.push(line);
            isClear &&= !/^(?:\S+ )?(?:STARTTLS|STLS)$/.test(line);
            socket.write(speech.answer(line).text + (isClear ? '' : injected), 'latin1');
          }
        });
      });
      onTestFinished(closer(server));
      const verify = { ca: null, serverName: null, insecure: true };
      const limits = { connectTimeout: 2000, backendTimeout: 2000 };
      const proxy = await clearProxy(speech, await listen(server), { limits }, {}, { tls: 'starttls', verify });
      const client = await connected(proxy.ports[0]!);
      await client.until(speech.greeted);
      expect(await logIn(client, speech)).toMatch(speech.unavailable);
      expect(proxy.logins).toMatchObject([{ outcome: 'refused', reasonCode: expect.stringMatching(/^proxy_dest_/) }]);
      // Nothing of a login has been said in clear.
      expect(said.filter((line) => /AUTH|LOGIN|USER|PASS/.test(line))).toEqual([]);
    });
  });
});
