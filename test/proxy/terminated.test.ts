import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { ListenerOptions } from '../../src/proxy/index.js';
import { imapServer, Lines } from '../harness/imap-script.js';
import {
  backendWith,
  certificatesOf,
  listenerWith,
  proxyOptions,
  startProxy,
  type TestProxy,
} from '../harness/login-proxy.js';
import { closer, listen, OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const certificate = opensslIsThere ? selfSigned('imap.test') : null;

async function imap() {
  const server = await imapServer();
  closers.push(server.close);
  return server;
}

async function start(
  listener: Partial<ListenerOptions>,
  backendPort: number,
  options: Parameters<typeof proxyOptions>[2] = {},
  ports: Parameters<typeof startProxy>[1] = {},
  backend: Parameters<typeof backendWith>[1] = {},
): Promise<TestProxy> {
  const certificates = certificatesOf(certificate!);
  const proxy = await startProxy(
    proxyOptions([listenerWith({ certificates, ...listener })], [backendWith(backendPort, backend)], options),
    ports,
  );
  closers.push(() => proxy.close());
  return proxy;
}

async function tlsClient(port: number, socket?: Socket): Promise<Lines> {
  const tls: TLSSocket = connectTls({
    ...(socket === undefined ? { port, host: '127.0.0.1' } : { socket }),
    servername: 'imap.test',
    rejectUnauthorized: false,
  });
  closers.push(() => void tls.destroy());
  await once(tls, 'secureConnect');
  return new Lines(tls);
}

async function tcpClient(port: number): Promise<Lines> {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  closers.push(() => void socket.destroy());
  await once(socket, 'connect');
  return new Lines(socket);
}

describe.skipIf(!opensslIsThere)(`a client whose TLS ends at the proxy (${OPENSSL_ABSENT})`, () => {
  it('is logged in at the backend, and has it from then on', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const client = await tlsClient(proxy.ports[0]!);
    expect(await client.until(/^\* OK/)).toContain('AUTH=PLAIN');
    client.send('a1 LOGIN u p\r\na2 NOOP\r\n');
    expect(await client.until(/^a1 /)).toBe('a1 OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n');
    expect(await client.until(/^a2 /)).toBe('a2 OK echo a2 NOOP\r\n');
    const [login] = proxy.logins;
    expect(proxy.logins).toHaveLength(1);
    expect(login).toMatchObject({
      outcome: 'succeeded',
      user: 'u',
      mechanism: 'PLAIN',
      attempt: 1,
      reason: null,
      reasonCode: null,
      tls: true,
      tlsVersion: 'TLSv1.3',
      sni: 'imap.test',
      backend: `backend (127.0.0.1:${backend.port})`,
      mode: 'terminated',
      starttls: false,
    });
    expect(login!.remote).toEqual({ ip: '127.0.0.1', port: client.socket.localPort });
    expect(login!.local).toEqual({ ip: '127.0.0.1', port: proxy.ports[0] });
    expect(proxy.observations).toHaveLength(1);
    expect(proxy.observations[0]!.fingerprint.ja3!.hash).toBe(login!.ja3!.hash);
  });

  it('is told what the backend says of a wrong password, and may try again', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const client = await tlsClient(proxy.ports[0]!);
    client.send('a1 LOGIN u wrong\r\n');
    expect(await client.until(/^a1 /)).toContain('a1 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n');
    client.send('a2 LOGIN u p\r\n');
    expect(await client.until(/^a2 /)).toContain('a2 OK');
    expect(proxy.logins.map(({ outcome, attempt, reasonCode }) => [outcome, attempt, reasonCode])).toEqual([
      ['failed', 1, 'auth_failed'],
      ['succeeded', 2, null],
    ]);
    expect(JSON.stringify(proxy.logins)).not.toContain('wrong');
  });

  it('begins TLS by STARTTLS, and what it said before is forgotten', async () => {
    const backend = await imap();
    const proxy = await start({ tls: 'starttls' }, backend.port, {}, {}, { forward: true });
    const clear = await tcpClient(proxy.ports[0]!);
    expect(await clear.until(/^\* OK/)).toMatch(/STARTTLS.*LOGINDISABLED/);
    clear.send('a1 ID ("name" "forged")\r\n');
    await clear.until(/^a1 OK/);
    clear.send('a2 STARTTLS\r\n');
    await clear.until(/^a2 OK/);
    const client = await tlsClient(proxy.ports[0]!, clear.socket);
    client.send('a3 LOGIN u p\r\n');
    expect(await client.until(/^a3 /)).toContain('a3 OK');
    expect(proxy.logins[0]).toMatchObject({ starttls: true, outcome: 'succeeded', clientId: null });
    expect(backend.said.join('\n')).not.toContain('forged');
  });

  it.each([
    ['a whole line', 'a2 STARTTLS\r\na3 LOGIN u p\r\n'],
    ['a line without its end', 'a2 STARTTLS\r\na3 LOGIN u p'],
  ])('loses what it sends in clear behind STARTTLS: %s', async (_, text) => {
    const backend = await imap();
    const proxy = await start({ tls: 'starttls' }, backend.port);
    const clear = await tcpClient(proxy.ports[0]!);
    await clear.until(/^\* OK/);
    clear.send(text);
    await clear.until(/^a2 OK/);
    const client = await tlsClient(proxy.ports[0]!, clear.socket);
    client.send('\r\na4 NOOP\r\n');
    expect(await client.until(/^a4 /)).not.toContain('a3');
    expect(backend.said.filter((line) => line.includes('AUTHENTICATE'))).toEqual([]);
  });

  it('is told that there is no backend, in its protocol', async () => {
    const closed = createServer();
    const port = await listen(closed);
    closed.close();
    const proxy = await start({}, port);
    const client = await tlsClient(proxy.ports[0]!);
    client.send('a1 LOGIN u p\r\n');
    expect(await client.until(/^a1 /)).toMatch(/a1 NO \[UNAVAILABLE\]/);
    expect(proxy.logins[0]).toMatchObject({ outcome: 'refused', reasonCode: 'proxy_dest_connect_failed', user: 'u' });
  });

  it('is told so where the backend goes in the middle of its login', async () => {
    const server = createServer((socket) => {
      socket.write('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n');
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        if (String(chunk).includes('AUTHENTICATE')) socket.destroy();
      });
    });
    closers.push(closer(server));
    const proxy = await start({}, await listen(server));
    const client = await tlsClient(proxy.ports[0]!);
    client.send('a1 LOGIN u p\r\n');
    expect(await client.until(/^a1 /)).toMatch(/a1 NO \[UNAVAILABLE\]/);
    expect(proxy.logins[0]).toMatchObject({ outcome: 'refused', reasonCode: 'proxy_dest_remote_failure' });
  });

  it('ends with its session when the backend goes', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const client = await tlsClient(proxy.ports[0]!);
    client.send('a1 LOGIN u p\r\n');
    await client.until(/^a1 OK/);
    for (const socket of backend.sockets) socket.destroy();
    expect(await client.toEnd()).toBe('');
  });

  it('takes the backend along when it goes', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const client = await tlsClient(proxy.ports[0]!);
    client.send('a1 LOGIN u p\r\n');
    await client.until(/^a1 OK/);
    const link = backend.sockets.at(-1)!;
    const closed = once(link, 'close');
    client.socket.destroy();
    await closed;
  });

  it('is logged when it leaves without a login', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const client = await tlsClient(proxy.ports[0]!);
    await client.until(/^\* OK/);
    client.socket.end();
    expect(await proxy.login(({ outcome }) => outcome === 'none')).toMatchObject({
      reasonCode: 'no_auth_attempts',
      tls: true,
      attempt: 0,
    });
  });

  it('is logged when it sends something that is no TLS', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const client = await tcpClient(proxy.ports[0]!);
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect(await proxy.login(() => true)).toMatchObject({
      outcome: 'none',
      reasonCode: 'tls_handshake_not_finished',
      tls: false,
      fingerprint: null,
    });
    await client.toEnd();
  });

  it('is logged with its fingerprint when the handshake fails', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const tls = connectTls({
      port: proxy.ports[0]!,
      host: '127.0.0.1',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    tls.on('error', () => {});
    const login = await proxy.login(() => true);
    expect(login).toMatchObject({
      outcome: 'none',
      reasonCode: 'tls_handshake_not_finished',
      reason: expect.stringMatching(/protocol/),
    });
    expect(login.fingerprint!.ja3.string).toMatch(/^770,/);
  });

  it('may log in with half of its connection closed', async () => {
    const backend = await imap();
    const proxy = await start({ tls: 'none', cleartext: true, certificates: null }, backend.port);
    const client = await tcpClient(proxy.ports[0]!);
    client.socket.end('a1 LOGIN u p\r\na2 NOOP\r\n');
    expect(await client.toEnd()).toContain('a2 OK echo a2 NOOP\r\n');
    expect(proxy.logins[0]).toMatchObject({ outcome: 'succeeded', tls: false });
  });

  it('is refused while logins cannot be recorded, where that is asked for', async () => {
    const backend = await imap();
    const log = { failing: true, write: () => {} };
    const proxy = await start({}, backend.port, { whenUnrecorded: 'refuse' }, { log });
    const client = await tlsClient(proxy.ports[0]!);
    client.send('a1 LOGIN u p\r\n');
    expect(await client.until(/^a1 /)).toMatch(/a1 NO \[UNAVAILABLE\]/);
    expect(backend.said.filter((line) => line.includes('AUTHENTICATE'))).toEqual([]);
  });

  it('is let go when its time is up', async () => {
    const backend = await imap();
    const proxy = await start({}, backend.port, { limits: { loginTimeout: 1 } });
    const client = await tlsClient(proxy.ports[0]!).catch(() => null);
    if (client !== null) expect(await client.toEnd()).toMatch(/^(\* OK[^\n]*\n)?(\* BYE[^\n]*\n)?$/);
    expect(await proxy.login(() => true)).toMatchObject({ outcome: 'none', reasonCode: 'login_timeout' });
  });

  it.each(['before its login', 'after its login'])('is let go when its TLS breaks %s', async (when) => {
    const backend = await imap();
    const proxy = await start({}, backend.port);
    const socket = connectTcp({ port: proxy.ports[0]!, host: '127.0.0.1' });
    closers.push(() => void socket.destroy());
    await once(socket, 'connect');
    // Between the client's TLS and its connection, so that a record can be put in that is none of the client's.
    const between = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _, done) => void socket.write(chunk, () => done()),
    });
    socket.on('data', (chunk: Buffer) => void between.push(chunk)).on('error', () => {});
    const tls = connectTls({ socket: between, servername: 'imap.test', rejectUnauthorized: false });
    await once(tls, 'secureConnect');
    const client = new Lines(tls);
    await client.until(/^\* OK/);
    if (when === 'after its login') {
      client.send('a1 LOGIN u p\r\n');
      await client.until(/^a1 OK/);
    }
    const closed = once(socket, 'close');
    socket.write(Uint8Array.of(23, 3, 3, 0, 40, ...new Uint8Array(40)));
    await closed;
    while (proxy.proxy.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(proxy.logins).toHaveLength(1);
  });

  it('has every answer, also where it took none for a while', async () => {
    const backend = await imap();
    const proxy = await start({ tls: 'none', cleartext: true, certificates: null }, backend.port);
    const client = await tcpClient(proxy.ports[0]!);
    const count = 5000;
    client.send(`${'a CAPABILITY\r\n'.repeat(count)}z LOGOUT\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answers = (await client.toEnd()).split('\r\n');
    expect(answers.filter((line) => line.startsWith('a OK'))).toHaveLength(count);
    expect(answers.at(-2)).toMatch(/^z OK/);
  });
});

/** A version 1 header. */
const headerOf = (ip: string) => `PROXY TCP4 ${ip} 198.51.100.1 40000 143\r\n`;

describe('a client behind another proxy', () => {
  const behind = {
    tls: 'none',
    cleartext: true,
    certificates: null,
    proxyProtocol: 'required',
    proxyNetworks: ['127.0.0.0/8'],
  } as const;

  async function startBehind(listener: Partial<ListenerOptions>, options: Parameters<typeof proxyOptions>[2] = {}) {
    const backend = await imap();
    const listeners = [listenerWith({ ...behind, ...listener })];
    const proxy = await startProxy(proxyOptions(listeners, [backendWith(backend.port)], options));
    closers.push(() => proxy.close());
    return proxy;
  }

  it('counts for its own address, not for that of the proxy', async () => {
    const proxy = await startBehind({}, { limits: { connectionsPerAddress: 1 } });
    const clients = await Promise.all([1, 2, 3].map(() => tcpClient(proxy.ports[0]!)));
    for (const [i, client] of clients.entries()) {
      client.send(headerOf(`192.0.2.${i + 1}`));
      await client.until(/^\* OK/);
    }
    const second = await tcpClient(proxy.ports[0]!);
    second.send(headerOf('192.0.2.1'));
    expect(await second.toEnd()).toBe('');
    clients[0]!.socket.destroy();
    await proxy.login(() => true);
    const third = await tcpClient(proxy.ports[0]!);
    third.send(headerOf('192.0.2.1'));
    await third.until(/^\* OK/);
  });

  it('may claim to be another where it is trusted itself, and not where the proxy is', async () => {
    const proxy = await startBehind({ trustedNetworks: ['127.0.0.1', '192.0.2.1'] });
    const claim = 'a ID ("x-originating-ip" "203.0.113.9" "x-originating-port" "9")\r\n';
    const answers: string[] = [];
    for (const header of [headerOf('192.0.2.1'), headerOf('192.0.2.2'), 'PROXY UNKNOWN\r\n']) {
      const client = await tcpClient(proxy.ports[0]!);
      client.send(header + claim);
      answers.push(await client.until(/^a /));
      client.send('b LOGOUT\r\n');
      await client.toEnd();
    }
    expect(answers.map((answer) => answer.includes('Trusted'))).toEqual([true, false, false]);
    expect(proxy.logins.map(({ remote }) => remote.ip)).toEqual(['203.0.113.9', '192.0.2.2', '127.0.0.1']);
  });
});
