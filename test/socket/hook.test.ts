import { once } from 'node:events';
import { connect as connectHttp2, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer, request } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ConnectionHook } from '../../src/socket/connection-hook.js';
import { type ConnectionFingerprint, fingerprintConnections, type SensorError } from '../../src/socket/index.js';
import { settingsOf } from '../../src/socket/options.js';
import { records } from '../build/hello.js';
import { HELLO_SET_ABSENT, helloSet, helloSetIsThere } from '../harness/hello-set.js';
import {
  byteByByte,
  closer,
  everything,
  listen,
  OPENSSL_ABSENT,
  opensslIsThere,
  relay,
} from '../harness/tls-servers.js';
import { tsharkCanReadBytes, tsharkJa3 } from '../harness/tshark-hello.js';
import { cleanups, client, hooked, keys, nodeHello, tcp } from './hooked.js';

describe.skipIf(!opensslIsThere)(`fingerprintConnections (${OPENSSL_ABSENT})`, () => {
  it('gives the TLS socket its fingerprint before secureConnection, and the event carries the same', async () => {
    const { server, port } = await hooked();
    const order: unknown[] = [];
    server.on('fingerprint', (fingerprint: ConnectionFingerprint, socket: Socket) => {
      order.push('fingerprint', socket.fingerprint === fingerprint);
      server.once('secureConnection', (tlsSocket) => {
        order.push('secureConnection', tlsSocket.fingerprint === fingerprint, fingerprint.hello.serverName);
      });
    });
    expect((await everything(client(port))).toString()).toBe('.');
    expect(order).toEqual(['fingerprint', true, 'secureConnection', true, 'localhost']);
  });

  const deliveries: [string, Parameters<typeof relay>[1]][] = [
    ['as it comes', undefined],
    ['byte by byte', byteByByte],
    [
      'in two pieces',
      async (bytes, to) => {
        to.write(bytes.subarray(0, 100));
        await new Promise((resolve) => setImmediate(resolve));
        to.write(bytes.subarray(100));
      },
    ],
  ];
  for (const [name, deliver] of deliveries) {
    it.skipIf(!tsharkCanReadBytes)(
      `finds the ja3 that tshark finds in the connection's bytes, ${name} (skipped without tshark)`,
      async () => {
        const { server, port } = await hooked();
        const between = await relay(port, deliver);
        cleanups.push(between.close);
        const [[tlsSocket], answer] = await Promise.all([
          once(server, 'secureConnection') as Promise<[TLSSocket]>,
          everything(client(between.port)),
        ]);
        expect(answer.toString()).toBe('.');
        expect(tlsSocket.fingerprint!.ja3).toEqual(tsharkJa3(between.sent()));
      },
    );
  }

  it.skipIf(!helloSetIsThere)(
    `finds what independent tools found in recorded hellos (${HELLO_SET_ABSENT})`,
    async () => {
      const { server, port } = await hooked();
      const whole = helloSet().filter((hello) => hello.transport === 'tcp' && hello.parse_error === null);
      const step = Math.ceil(whole.length / 150);
      const hellos = whole.filter((_, i) => i % step === 0);
      expect(hellos.length).toBeGreaterThan(50);
      for (const hello of hellos) {
        const found = once(server, 'fingerprint') as Promise<[ConnectionFingerprint, Socket]>;
        const socket = await tcp(port);
        socket.write(records(hello.raw, ends(hello.raw.length)));
        const [fingerprint, connection] = await found;
        connection.destroy();
        socket.destroy();
        expect(fingerprint.ja3.hash, hello.id).toBe(hello.ja3_hash);
        expect(fingerprint.ja4?.hash ?? null, hello.id).toBe(hello.ja4);
        if (hello.ssl_ja3_hash !== undefined) expect(fingerprint.sslJa3['3.0'].hash, hello.id).toBe(hello.ssl_ja3_hash);
      }
    },
  );

  it('shows req.socket.fingerprint in https', async () => {
    const server = createHttpsServer(keys, (req, res) => res.end(req.socket.fingerprint?.ja3.hash));
    const found = once(server, 'fingerprint');
    fingerprintConnections(server);
    cleanups.push(closer(server));
    const req = request({
      port: await listen(server),
      host: '127.0.0.1',
      agent: false,
      rejectUnauthorized: false,
    }).end();
    const [res] = await once(req, 'response');
    const [fingerprint] = await found;
    expect(await text(res)).toBe(fingerprint.ja3.hash);
  });

  it('shows it on the sockets of http2: the session, the stream, the compatible request', async () => {
    const seen: unknown[] = [];
    const server = createSecureServer(keys, (req, res) => {
      seen.push(req.socket.fingerprint, req.stream.session!.socket.fingerprint);
      res.end();
    });
    server.on('session', (session) => seen.push(session.socket.fingerprint));
    const found = once(server, 'fingerprint');
    fingerprintConnections(server as unknown as Server);
    cleanups.push(closer(server));
    const session = connectHttp2(`https://127.0.0.1:${await listen(server)}`, { rejectUnauthorized: false });
    await text(session.request({ ':path': '/' }));
    session.close();
    const [fingerprint] = await found;
    expect(seen).toHaveLength(3);
    for (const value of seen) expect(value).toBe(fingerprint);
  });

  it('keeps the first hello where a HelloRetryRequest asks for a second', async () => {
    const server = createServer({ ...keys, ecdhCurve: 'P-384' }, (socket) => socket.end('.'));
    fingerprintConnections(server);
    cleanups.push(closer(server));
    const port = await listen(server);
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const socket = connect({ port, host: '127.0.0.1', ecdhCurve: 'X25519:P-384', rejectUnauthorized: false });
    expect((await everything(socket)).toString()).toBe('.');
    const [{ fingerprint }] = await secured;
    expect(fingerprint!.hello.supportedGroups).toEqual([29, 24]);
    expect(fingerprint!.hello.keyShareGroups).toEqual([29]);
  });

  it('puts back what came behind the hello', async () => {
    const { server, port } = await hooked();
    const hello = await nodeHello();
    const told = once(server, 'tlsClientError');
    const socket = await tcp(port);
    const answer = everything(socket);
    // Application data where a Finished belongs: only a TLS that sees it can complain of it.
    socket.write(Buffer.concat([hello, Buffer.from('1703030003aabbcc', 'hex')]));
    const [error, tlsSocket] = await told;
    expect(error.code).toMatch(/^ERR_SSL_/);
    expect(tlsSocket.fingerprint.hello.raw).toEqual(Uint8Array.from(hello.subarray(5)));
    await answer;
  });

  it('says with a code why there is none, and leaves the connection to the server', async () => {
    const { server, port } = await hooked();
    const told = once(server, 'fingerprintError') as Promise<[SensorError, Socket]>;
    const failed = once(server, 'tlsClientError');
    const socket = await tcp(port);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    const [[error, connection], [tlsError, tlsSocket]] = await Promise.all([told, failed]);
    expect(error.code).toBe('not_tls');
    expect(connection.fingerprint).toBeNull();
    expect(tlsError.code).toBe('ERR_SSL_HTTP_REQUEST');
    expect(tlsSocket.fingerprint).toBeNull();
    await everything(socket);
  });

  it('shakes hands with a client whose hello is larger than allowed, without a fingerprint', async () => {
    const { server, port } = await hooked({ maxHelloBytes: 100 });
    const told = once(server, 'fingerprintError') as Promise<[SensorError]>;
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    expect((await everything(client(port))).toString()).toBe('.');
    expect((await told)[0].code).toBe('hello_too_large');
    expect((await secured)[0].fingerprint).toBeNull();
  });

  it.each([
    ['no byte', '', 'first_byte', 0],
    ['half a hello', '16030102000100', 'last_byte', 7],
  ])('ends a connection from which %s comes in time', async (_name, hex, field, offset) => {
    const { server, port, hook } = await hooked({ firstByteTimeout: 100, lastByteTimeout: 100 });
    const told = once(server, 'fingerprintError') as Promise<[SensorError]>;
    const failed = once(server, 'tlsClientError') as Promise<[SensorError, TLSSocket]>;
    const socket = await tcp(port);
    socket.write(Buffer.from(hex, 'hex'));
    await everything(socket);
    const [error] = await told;
    expect(error).toMatchObject({ code: 'hello_late', field, offset });
    const [tlsError, tlsSocket] = await failed;
    expect(tlsError).toBe(error);
    expect(tlsSocket.encrypted).toBe(true);
    expect(tlsSocket.fingerprint).toBeNull();
    expect(hook.waiting).toBe(0);
  });

  it('gives up the oldest of too many that wait', async () => {
    const { server, port, hook } = await hooked({ maxWaiting: 2 });
    const sockets: Socket[] = [];
    for (let i = 0; i < 2; i++) {
      const connected = once(server, 'connection');
      sockets.push(await tcp(port));
      await connected;
    }
    expect(hook.waiting).toBe(2);
    const told = once(server, 'fingerprintError') as Promise<[SensorError, Socket]>;
    const closed = once(sockets[0]!, 'close');
    expect((await everything(client(port))).toString()).toBe('.');
    const [error, connection] = await told;
    expect(error.code).toBe('too_many_waiting');
    expect(connection.remotePort ?? sockets[0]!.localPort).toBe(sockets[0]!.localPort);
    await closed;
    sockets[1]!.destroy();
  });

  it('tells of a reset in the middle, with its cause', async () => {
    const { server, port, hook } = await hooked();
    const told = once(server, 'fingerprintError') as Promise<[SensorError]>;
    const failed = once(server, 'tlsClientError');
    const [socket, [connection]] = await Promise.all([tcp(port), once(server, 'connection')]);
    socket.write(Buffer.from('16030102000100', 'hex'));
    while (connection.bytesRead < 7) await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
    const [error] = await told;
    expect(error).toMatchObject({ code: 'hello_incomplete', offset: 7 });
    expect(error.cause).toMatchObject({ code: 'ECONNRESET' });
    expect((await failed)[0]).toBe(error.cause);
    expect(hook.waiting).toBe(0);
  });

  it('ends a connection that a listener of the event destroys, with an error or without, before any handshake', async () => {
    const { server, port } = await hooked();
    const errors: string[] = [];
    server.on('tlsClientError', (error) => errors.push((error as NodeJS.ErrnoException).code!));
    server.once('fingerprint', (_fingerprint, socket: Socket) => socket.destroy());
    await everything(client(port));
    server.once('fingerprint', (_fingerprint, socket: Socket) => socket.destroy(new Error('not you')));
    await everything(client(port));
    expect(errors).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect((await everything(client(port))).toString()).toBe('.');
  });

  it('tells 300 connections at a time apart', async () => {
    const { server, port } = await hooked();
    const names = new Map<string | null, string | false | null>();
    server.on('secureConnection', (socket) => names.set(socket.fingerprint!.hello.serverName, socket.servername));
    const clients = Array.from({ length: 300 }, (_, i) =>
      connect({ port, host: '127.0.0.1', servername: `host-${i}.example`, rejectUnauthorized: false }),
    );
    await Promise.all(clients.map(everything));
    expect(names.size).toBe(300);
    for (const [inHello, inTls] of names) expect(inHello).toBe(inTls);
  });

  it('tells them apart where Node does not say what a TLS socket was made of', async () => {
    const server = createServer(keys, (socket) => socket.on('error', () => {}).end('.'));
    new ConnectionHook(server, settingsOf({}), () => undefined);
    cleanups.push(closer(server));
    const port = await listen(server);
    const same: boolean[] = [];
    server.on('secureConnection', (socket) => same.push(socket.fingerprint?.hello.serverName === socket.servername));
    const clients = Array.from({ length: 40 }, (_, i) =>
      connect({ port, host: '127.0.0.1', servername: `host-${i}.example`, rejectUnauthorized: false }),
    );
    await Promise.all(clients.map(everything));
    expect(same).toEqual(Array(40).fill(true));
  });

  it('serves streams that are no sockets', async () => {
    const { server } = await hooked();
    const streams: Duplex[] = [];
    const end = (other: number) =>
      new Duplex({
        read() {},
        write: (chunk, _encoding, done) => {
          streams[other]!.push(chunk);
          done();
        },
      });
    streams.push(end(1), end(0));
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    server.emit('connection', streams[0]);
    connect({ socket: streams[1]!, servername: 'by.hand', rejectUnauthorized: false }).on('error', () => {});
    expect((await secured)[0].fingerprint!.hello.serverName).toBe('by.hand');
  });

  it('leaves new connections alone once it is stopped, and can be begun again', async () => {
    const { server, port, hook } = await hooked();
    hook.stop();
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    await everything(client(port));
    expect((await secured)[0].fingerprint).toBeUndefined();
    fingerprintConnections(server);
    const again = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    await everything(client(port));
    expect((await again)[0].fingerprint).not.toBeNull();
  });

  it('refuses a server that has it already, one without TLS, and options that cannot be', () => {
    const server = createServer(keys);
    fingerprintConnections(server);
    expect(() => fingerprintConnections(server)).toThrow(TypeError);
    expect(() => fingerprintConnections(createTcpServer() as Server)).toThrow(TypeError);
    expect(() => fingerprintConnections(createServer(), { firstByteTimeout: Infinity })).toThrow(RangeError);
    expect(() => fingerprintConnections(createServer(), { maxWaiting: 0 })).toThrow(RangeError);
    expect(() => fingerprintConnections(createServer(), { proxyProtocol: 'required' })).toThrow(TypeError);
    expect(() => fingerprintConnections(createServer(), { trustedNetworks: ['10.0.0.0/33'] })).toThrow(TypeError);
  });
});

/** Where records as large as TLS allows end. */
function ends(length: number): number[] {
  return Array.from({ length: Math.floor((length - 1) / 2 ** 14) }, (_, i) => (i + 1) * 2 ** 14);
}
