import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, TLSSocket, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionFingerprint } from '../../src/socket/index.js';
import { clientHello, record, serverNameExtension } from '../build/hello.js';
import { backendWith, listenerWith, proxyOptions, startProxy, type TestProxy } from '../harness/login-proxy.js';
import {
  byteByByte,
  closer,
  everything,
  listen,
  OPENSSL_ABSENT,
  opensslIsThere,
  relay,
  selfSigned,
} from '../harness/tls-servers.js';
import { tsharkCanReadBytes, tsharkJa3 } from '../harness/tshark-hello.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const certificate = opensslIsThere ? selfSigned('imap.test') : null;
const HELLO = record(clientHello({ extensions: [serverNameExtension('imap.test')] }));

interface Backend {
  readonly port: number;
  /** All that came on each connection, from its first byte on. Health checks come too; they name no server. */
  readonly received: () => Buffer[];
  /** Lines of clear text before TLS. */
  readonly clear: string[];
}

/** A server whose TLS echoes; with `starttls`, an IMAP server's clear part goes before. */
async function tlsBackend(starttls = false, options: TlsOptions = {}): Promise<Backend> {
  const received = new Map<Socket, Buffer[]>();
  const clear: string[] = [];
  const secure = (socket: Socket) => {
    const tls = new TLSSocket(socket, { isServer: true, key: certificate!.key, cert: certificate!.cert, ...options });
    tls.on('error', () => {});
    tls.write('hello from the backend\r\n');
    tls.pipe(tls);
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (!starttls) {
      secure(socket);
      return;
    }
    socket.write('* OK [CAPABILITY IMAP4rev1 IDLE STARTTLS LOGINDISABLED] ready\r\n');
    let text = '';
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        clear.push(line);
        const [tag, command] = line.split(' ');
        if (command === 'STARTTLS') {
          socket.off('data', onData);
          socket.write(`${tag} OK begin\r\n`);
          secure(socket);
        } else socket.write(`* CAPABILITY IMAP4rev1 IDLE STARTTLS LOGINDISABLED\r\n${tag} OK done\r\n`);
      }
    };
    socket.on('data', onData);
  });
  closers.push(closer(server));
  // In between, where the bytes can be seen.
  const between = await relay(await listen(server), (bytes, to) => {
    received.set(to, [...(received.get(to) ?? []), bytes]);
    to.write(bytes);
  });
  closers.push(between.close);
  return { port: between.port, received: () => [...received.values()].map((chunks) => Buffer.concat(chunks)), clear };
}

const start = async (
  listener: Parameters<typeof listenerWith>[0],
  backendPort: number,
  options: Parameters<typeof proxyOptions>[2] = {},
): Promise<TestProxy> => {
  const backends = [backendWith(backendPort), backendWith(backendPort, { name: 'other' })];
  const proxy = await startProxy(
    proxyOptions([listenerWith({ mode: 'passed_through', ...listener })], backends, options),
  );
  closers.push(() => proxy.close());
  return proxy;
};

async function tcp(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  closers.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function tls(port: number, options: ConnectionOptions = {}, socket?: Socket): Promise<TLSSocket> {
  const where = socket === undefined ? { port, host: '127.0.0.1' } : { socket };
  const stream = connectTls({ ...where, servername: 'imap.test', rejectUnauthorized: false, ...options });
  closers.push(() => void stream.destroy());
  await once(stream, 'secureConnect');
  return stream;
}

/** Something has come, or nothing will any more. */
function somethingOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const happened = () => {
      socket.off('readable', happened).off('end', happened).off('close', happened);
      resolve();
    };
    socket.on('readable', happened).on('end', happened).on('close', happened);
  });
}

/** Reads until the text has come. */
async function until(socket: Socket, text: string): Promise<string> {
  let all = '';
  while (!all.includes(text)) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) all += chunk.toString('latin1');
    else if (socket.readableEnded || socket.destroyed) throw new Error(`ended without ${text}: ${all}`);
    else await somethingOf(socket);
  }
  return all;
}

const any = () => true;
/** What came from clients. */
const fromClients = ({ received }: Backend) => received().filter((bytes) => bytes.includes('.test'));
const heard = ({ received }: Backend, text: string) => received().some((bytes) => bytes.includes(text));

describe.skipIf(!opensslIsThere)(`TLS passed through from the first byte on (${OPENSSL_ABSENT})`, () => {
  it('reaches the backend byte for byte, and is told of', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    const sent: Buffer[] = [];
    const front = await relay(proxy.ports[0]!, (bytes, to) => {
      sent.push(bytes);
      to.write(bytes);
    });
    closers.push(front.close);
    const client = await tls(front.port);
    await until(client, 'backend\r\n');
    const bytes = randomBytes(100_000);
    client.write(bytes);
    expect(Buffer.from(await until(client, bytes.subarray(-8).toString('latin1')), 'latin1').equals(bytes)).toBe(true);
    client.end();
    await once(client, 'close');
    expect(fromClients(backend)).toEqual([Buffer.concat(sent)]);
    const login = await proxy.login(any);
    expect(login).toMatchObject({
      outcome: 'unseen',
      reasonCode: null,
      mode: 'passed_through',
      tls: true,
      tlsVersion: null,
      starttls: false,
      sni: 'imap.test',
      user: null,
      attempt: 0,
      backend: `backend (127.0.0.1:${backend.port})`,
    });
    expect(proxy.observations).toMatchObject([{ sni: 'imap.test', retry: false, starttls: null }]);
  });

  it.skipIf(!tsharkCanReadBytes)('has the ja3 that tshark sees in it (skipped without tshark)', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    await until(await tls(proxy.ports[0]!), 'backend');
    const login = await proxy.login(any);
    expect(login.ja3).toEqual(tsharkJa3(fromClients(backend)[0]!));
  });

  it('is told of with the second hello after a HelloRetryRequest, and both are recorded', async () => {
    const backend = await tlsBackend(false, { ecdhCurve: 'P-384' });
    const proxy = await start({}, backend.port);
    await until(await tls(proxy.ports[0]!, { ecdhCurve: 'X25519:P-384' }), 'backend');
    const login = await proxy.login(any);
    expect(login.outcome).toBe('unseen');
    // RFC 8446 section 4.1.4: one share, of the group that was asked for.
    expect((login.fingerprint as ConnectionFingerprint).hello.keyShareGroups).toEqual([24]);
    expect(proxy.observations.map(({ retry }) => retry)).toEqual([false, true]);
    expect(proxy.logins).toHaveLength(1);
  });

  it('is read in segments of one byte', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    const front = await relay(proxy.ports[0]!, byteByByte);
    closers.push(front.close);
    await until(await tls(front.port), 'backend');
    expect((await proxy.login(any)).sni).toBe('imap.test');
  });

  it('never begins with a client that speaks no TLS, and the backend hears nothing', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    const client = await tcp(proxy.ports[0]!);
    client.write('a1 LOGIN eve secret\r\n');
    client.resume();
    await once(client, 'end');
    expect(await proxy.login(any)).toMatchObject({
      outcome: 'none',
      reasonCode: 'tls_handshake_not_finished',
      fingerprint: null,
      tls: false,
      backend: null,
    });
    expect(heard(backend, 'eve')).toBe(false);
  });

  it('is given up when the hello is late', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port, { limits: { handshakeTimeout: 250 } });
    const silent = await tcp(proxy.ports[0]!);
    const half = await tcp(proxy.ports[0]!);
    half.write(HELLO.subarray(0, 30));
    await Promise.all([silent, half].map((socket) => once(socket.resume(), 'end')));
    await proxy.login(() => proxy.logins.length === 2);
    expect(new Set(proxy.logins.map(({ reason }) => reason))).toEqual(
      new Set(['no byte came in time', 'no whole hello came in time']),
    );
  });

  it.each(['stays silent', 'leaves'])(
    'is cut off from a backend that hangs, where it says hello and %s',
    async (what) => {
      const hung = createServer({ allowHalfOpen: true, pauseOnConnect: true });
      closers.push(closer(hung));
      const proxy = await start({}, await listen(hung), { limits: { loginTimeout: 300 } });
      const client = await tcp(proxy.ports[0]!);
      client.write(HELLO);
      if (what === 'leaves') client.end();
      await once(client.resume(), 'end');
      expect(await proxy.login(() => true)).toMatchObject({
        outcome: 'none',
        reasonCode: 'tls_handshake_not_finished',
      });
    },
  );

  it('ends with an alert where the backend is not to be had', async () => {
    const gone = createServer();
    const port = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const proxy = await start({}, port);
    const client = await tcp(proxy.ports[0]!);
    client.write(HELLO);
    const answer = everything(client);
    client.once('end', () => client.end());
    // RFC 8446 section 6: fatal, internal_error.
    expect((await answer).toString('hex')).toBe('15030300020250');
    expect(await proxy.login(any)).toMatchObject({
      outcome: 'none',
      reasonCode: 'proxy_dest_connect_failed',
      backend: 'backend',
      sni: 'imap.test',
    });
  });

  it('is told of as no login where the client gives up in the handshake', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    const refusing = await tcp(proxy.ports[0]!);
    refusing.resume();
    refusing.write(HELLO);
    // Fatal, unknown_ca.
    refusing.write(Uint8Array.of(21, 3, 3, 0, 2, 2, 48));
    expect(await proxy.login(any)).toMatchObject({ outcome: 'none', reasonCode: 'tls_handshake_not_finished' });
    const leaving = await tcp(proxy.ports[0]!);
    leaving.resume();
    leaving.end(HELLO);
    await proxy.login(() => proxy.logins.length === 2);
    expect(proxy.logins[1]).toMatchObject({ outcome: 'none', backend: expect.stringContaining('backend (') });
  });

  it('goes where its server name leads, or nowhere', async () => {
    const [one, two] = [await tlsBackend(), await tlsBackend()];
    const listener = listenerWith({
      mode: 'passed_through',
      route: { by: 'sni', names: new Map([['two.test', 'two']]), otherwise: null },
    });
    const backends = [backendWith(one.port, { name: 'one' }), backendWith(two.port, { name: 'two' })];
    const proxy = await startProxy(proxyOptions([listener], backends));
    closers.push(() => proxy.close());
    await until(await tls(proxy.ports[0]!, { servername: 'two.test' }), 'backend');
    expect([fromClients(one).length, fromClients(two).length]).toEqual([0, 1]);

    const client = await tcp(proxy.ports[0]!);
    client.write(HELLO);
    const answer = everything(client);
    client.once('end', () => client.end());
    // RFC 6066 section 3: fatal, unrecognized_name.
    expect((await answer).toString('hex')).toBe('15030300020270');
    expect(await proxy.login(({ outcome }) => outcome === 'none')).toMatchObject({ sni: 'imap.test', backend: null });
  });

  it('is refused while logins cannot be recorded, where that is asked for', async () => {
    const backend = await tlsBackend();
    const proxy = await startProxy(
      proxyOptions([listenerWith({ mode: 'passed_through' })], [backendWith(backend.port)], {
        whenUnrecorded: 'refuse',
      }),
      { recorder: { failing: true, login: () => {}, observation: () => {} } },
    );
    closers.push(() => proxy.close());
    const client = await tcp(proxy.ports[0]!);
    client.write(HELLO);
    const answer = everything(client);
    client.once('end', () => client.end());
    expect((await answer).toString('hex')).toBe('15030300020250');
    expect(proxy.logins).toMatchObject([{ outcome: 'none', reasonCode: 'temp_fail' }]);
    expect(fromClients(backend)).toEqual([]);
  });

  it('ends with the proxy before its hello, which is told', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    const client = await tcp(proxy.ports[0]!);
    client.write(HELLO.subarray(0, 30));
    while (proxy.proxy.connections === 0) await new Promise((resolve) => setImmediate(resolve));
    const end = everything(client);
    client.once('end', () => client.end());
    await proxy.proxy.close(0);
    await end;
    expect(await proxy.login(any)).toMatchObject({ outcome: 'none', reasonCode: 'shutting_down' });
  });

  it('ends with the proxy', async () => {
    const backend = await tlsBackend();
    const proxy = await start({}, backend.port);
    const client = await tls(proxy.ports[0]!);
    await until(client, 'backend');
    const end = everything(client);
    await proxy.close();
    await end;
    expect(proxy.proxy.connections).toBe(0);
    expect(proxy.logins).toHaveLength(1);
  });
});

describe.skipIf(!opensslIsThere)(`TLS passed through after STARTTLS (${OPENSSL_ABSENT})`, () => {
  const sni = { by: 'sni', names: new Map([['imap.test', 'other']]), otherwise: null } as const;

  it.each([
    ['a static route', { by: 'static', backend: 'backend' } as const],
    ['a route by server name', sni],
  ])('says the clear part itself, and then passes on every byte: %s', async (_, route) => {
    const backend = await tlsBackend(true);
    const proxy = await start({ tls: 'starttls', route }, backend.port);
    const client = await tcp(proxy.ports[0]!);
    client.write('a0 ID ("x-originating-ip" "192.0.2.1")\r\na1 CAPABILITY\r\n');
    const said = await until(client, 'a1 OK');
    expect(said).toMatch(/STARTTLS/);
    expect(said).toMatch(/LOGINDISABLED/);
    client.write('a2 STARTTLS\r\n');
    await until(client, 'a2 OK');
    const secured = await tls(0, {}, client);
    await until(secured, 'backend\r\n');
    secured.write('ping');
    expect(await until(secured, 'ping')).toBe('ping');
    // The link's own words, and nothing of the client's.
    expect(backend.clear.join('\n')).not.toMatch(/ID|a0|a1|a2/);
    expect(await proxy.login(any)).toMatchObject({ outcome: 'unseen', starttls: true, sni: 'imap.test' });
    expect(proxy.observations).toMatchObject([{ starttls: 'imap' }]);
  });

  it('takes no login in clear, and tells of the attempt without its password', async () => {
    const backend = await tlsBackend(true);
    const proxy = await start({ tls: 'starttls' }, backend.port);
    const client = await tcp(proxy.ports[0]!);
    client.write('a1 LOGIN eve secret\r\n');
    await until(client, 'a1 NO');
    client.write('a2 LOGOUT\r\n');
    await once(client.resume(), 'end');
    expect(proxy.logins).toMatchObject([
      { outcome: 'refused', user: 'eve', reasonCode: 'cleartext_auth_disabled', attempt: 1, tls: false },
    ]);
    expect(JSON.stringify(proxy.logins)).not.toContain('secret');
    expect(backend.clear.join()).not.toContain('eve');
  });

  it.each([
    ['a whole line', 'a2 STARTTLS\r\na3 LOGIN eve secret\r\n'],
    ['a line without its end', 'a2 STARTTLS\r\na3 LOGIN eve sec'],
  ])('lets nothing that came in clear behind STARTTLS into TLS: %s', async (_, text) => {
    const backend = await tlsBackend(true);
    const proxy = await start({ tls: 'starttls' }, backend.port);
    const client = await tcp(proxy.ports[0]!);
    client.write(text);
    await until(client, 'a2 OK');
    const secured = await tls(0, {}, client);
    await until(secured, 'backend\r\n');
    secured.write('ret\r\n');
    expect(await until(secured, '\r\n')).toBe('ret\r\n');
    expect(heard(backend, 'eve')).toBe(false);
  });

  it('ends a connection that goes on in clear after the go-ahead', async () => {
    const backend = await tlsBackend(true);
    const proxy = await start({ tls: 'starttls' }, backend.port);
    const client = await tcp(proxy.ports[0]!);
    client.write('a2 STARTTLS\r\n');
    await until(client, 'a2 OK');
    client.write('a3 LOGIN eve secret\r\n');
    await once(client.resume(), 'end');
    expect(await proxy.login(any)).toMatchObject({ outcome: 'none', reasonCode: 'tls_handshake_not_finished' });
    expect(heard(backend, 'eve')).toBe(false);
  });

  it('says no for now where the backend is not to be had, and goes on in clear', async () => {
    const gone = createServer();
    const port = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const proxy = await start({ tls: 'starttls' }, port);
    const client = await tcp(proxy.ports[0]!);
    client.write('a1 STARTTLS\r\n');
    expect(await until(client, 'a1 ')).toMatch(/a1 (NO|BAD)/);
    client.write('a2 LOGOUT\r\n');
    await until(client, 'a2 OK');
    await once(client.resume(), 'end');
    expect(await proxy.login(any)).toMatchObject({ outcome: 'none', reasonCode: 'proxy_dest_connect_failed' });
    expect(proxy.logins).toHaveLength(1);
  });

  it('lets the link go when the client leaves before it stands', async () => {
    let linked: (socket: Socket) => void = () => {};
    const link = new Promise<Socket>((resolve) => {
      linked = resolve;
    });
    const silent = createServer((socket) => {
      socket.on('error', () => {});
      // By its PROXY header it is told from a health check.
      socket.on('data', (chunk: Buffer) => chunk.includes('TCP4') && linked(socket));
    });
    closers.push(closer(silent));
    const listener = listenerWith({ mode: 'passed_through', tls: 'starttls' });
    const backend = backendWith(await listen(silent), { proxyProtocol: 1 });
    const proxy = await startProxy(proxyOptions([listener], [backend]));
    closers.push(() => proxy.close());
    const client = await tcp(proxy.ports[0]!);
    client.write('a1 STARTTLS\r\n');
    const socket = await link;
    client.destroy();
    expect(await proxy.login(any)).toMatchObject({ outcome: 'none' });
    if (!socket.destroyed) await once(socket, 'close');
  });

  it('closes what takes too long and what says too much', async () => {
    const backend = await tlsBackend(true);
    const slow = await start({ tls: 'starttls' }, backend.port, { limits: { loginTimeout: 100 } });
    const waiting = await tcp(slow.ports[0]!);
    await once(waiting.resume(), 'end');
    expect(await slow.login(any)).toMatchObject({ reasonCode: 'login_timeout' });

    const proxy = await start({ tls: 'starttls' }, backend.port, { limits: { maxBytesBeforeLogin: 1000 } });
    const talking = await tcp(proxy.ports[0]!);
    talking.on('error', () => {});
    talking.write('a NOOP\r\n'.repeat(1000));
    expect(await proxy.login(any)).toMatchObject({ reasonCode: 'input_buffer_full' });
  });
});
