import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeProxyHeader } from '../../src/haproxy/index.js';
import { type HelloReadOptions, readClientHello } from '../../src/socket/index.js';
import { clientHello, record, serverNameExtension } from '../build/hello.js';
import {
  byteByByte,
  closer,
  everything,
  type KeyAndCertificate,
  listen,
  OPENSSL_ABSENT,
  opensslIsThere,
  relay,
  selfSigned,
} from '../harness/tls-servers.js';
import { tsharkCanReadBytes, tsharkJa3 } from '../harness/tshark-hello.js';

let keys: KeyAndCertificate;
beforeAll(() => {
  if (opensslIsThere) keys = selfSigned('localhost');
});

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A plain server, what it does with a connection, and the port. */
async function serve(accept: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    accept(socket);
  });
  cleanups.push(closer(server));
  return listen(server);
}

/** Two ends of a connection; the first is the server's. */
async function pair(): Promise<[Socket, Socket]> {
  let accept: (socket: Socket) => void = () => {};
  const accepted = new Promise<Socket>((resolve) => {
    accept = resolve;
  });
  const port = await serve((socket) => accept(socket));
  const client = connectTcp({ port, host: '127.0.0.1' });
  client.on('error', () => {});
  return [await accepted, client];
}

const HELLO = record(clientHello({ extensions: [serverNameExtension('imap.example.org')] }));

const code = (socket: Socket, options?: HelloReadOptions) =>
  readClientHello(socket, options).then(
    () => 'a hello',
    (error) => error.code,
  );

describe('readClientHello', () => {
  it('gives hello, fingerprint and bytes, and puts the bytes back with what follows', async () => {
    const [socket, client] = await pair();
    const sent = Buffer.concat([HELLO, Buffer.from('and more')]);
    client.end(sent);
    const { hello, fingerprint, bytes } = await readClientHello(socket);
    expect(hello.serverName).toBe('imap.example.org');
    expect(fingerprint.hello).toBe(hello);
    expect(Buffer.from(bytes)).toEqual(sent);
    socket.end();
    expect(await everything(socket)).toEqual(sent);
  });

  it('puts everything back for a pipe, wherever the bytes were cut', async () => {
    for (const at of [1, 5, 6, HELLO.length - 1]) {
      const [socket, client] = await pair();
      client.write(HELLO.subarray(0, at), () => setImmediate(() => client.write(HELLO.subarray(at))));
      await readClientHello(socket);
      socket.pipe(socket);
      const echoed = everything(client);
      client.end();
      expect(await echoed, `cut at ${at}`).toEqual(Buffer.from(HELLO));
    }
  });

  it('hands the bytes over where they are not to be put back: what follows is all that can be read', async () => {
    for (const at of [5, HELLO.length]) {
      const [socket, client] = await pair();
      client.write(HELLO.subarray(0, at));
      if (at < HELLO.length) setImmediate(() => client.write(HELLO.subarray(at)));
      const { bytes } = await readClientHello(socket, { putBack: false });
      expect(Buffer.from(bytes), `cut at ${at}`).toEqual(Buffer.from(HELLO));
      client.end('and more');
      socket.end();
      expect((await everything(socket)).toString()).toBe('and more');
    }
  });

  it('leaves the stream as it was: nobody listens, nothing flows, nothing is lost', async () => {
    const [socket, client] = await pair();
    const before = socket.eventNames().map((name) => [name, socket.listenerCount(name)]);
    client.write(HELLO);
    await readClientHello(socket);
    expect(socket.eventNames().map((name) => [name, socket.listenerCount(name)])).toEqual(before);
    expect(socket.readableFlowing).toBeNull();
    expect(socket.isPaused()).toBe(false);
    const data = once(socket, 'data');
    expect((await data)[0]).toEqual(Buffer.from(HELLO));
    client.destroy();
  });

  it('says not_tls of another protocol, whose bytes are all there for the next reader', async () => {
    const [socket, client] = await pair();
    client.end('a1 LOGIN eve secret\r\n');
    expect(await code(socket)).toBe('not_tls');
    socket.end();
    expect((await everything(socket)).toString()).toBe('a1 LOGIN eve secret\r\n');
  });

  it('says hello_incomplete where the client ends or resets in the middle', async () => {
    const [socket, client] = await pair();
    client.end(HELLO.subarray(0, 20));
    expect(await code(socket)).toBe('hello_incomplete');
    socket.end();
    expect(await everything(socket)).toEqual(Buffer.from(HELLO.subarray(0, 20)));

    const [second, other] = await pair();
    const read = code(second);
    other.write(HELLO.subarray(0, 20));
    while (second.bytesRead < 20) await new Promise((resolve) => setImmediate(resolve));
    other.resetAndDestroy();
    expect(await read).toBe('hello_incomplete');
  });

  it('says hello_incomplete of a connection whose part of a hello and end had both come before', async () => {
    const [socket, client] = await pair();
    client.end(HELLO.subarray(0, 20));
    while (socket.bytesRead < 20 || socket.readableLength < 20) await new Promise((resolve) => setImmediate(resolve));
    expect(await code(socket)).toBe('hello_incomplete');
    socket.destroy();
    expect(await code(socket)).toBe('hello_incomplete');
  });

  it('says hello_late after either deadline, and can be asked again', async () => {
    const [socket, client] = await pair();
    expect(await code(socket, { firstByteTimeout: 1 })).toBe('hello_late');
    client.write(HELLO.subarray(0, 20));
    expect(await code(socket, { lastByteTimeout: 1 })).toBe('hello_late');
    client.write(HELLO.subarray(20));
    expect((await readClientHello(socket)).hello.serverName).toBe('imap.example.org');
    client.destroy();
  });

  it('reads a hello of several records that is larger than a socket buffers', async () => {
    const [socket, client] = await pair();
    const name = 'x'.repeat(60);
    const large = clientHello({
      ciphers: Array.from({ length: 30_000 }, (_, i) => i),
      extensions: [serverNameExtension(name)],
    });
    const sent = Buffer.concat([
      record(large.subarray(0, 2 ** 14)),
      record(large.subarray(2 ** 14, 2 ** 15)),
      record(large.subarray(2 ** 15, 3 * 2 ** 14)),
      record(large.subarray(3 * 2 ** 14)),
    ]);
    client.end(sent);
    const { hello, bytes } = await readClientHello(socket);
    expect(hello.serverName).toBe(name);
    expect(Buffer.from(bytes)).toEqual(sent);
    socket.end();
    expect(await everything(socket)).toEqual(sent);
  });

  it('takes a PROXY header out', async () => {
    const [socket, client] = await pair();
    const src = { ip: '2001:db8::7', port: 4321 };
    const dst = { ip: '2001:db8::1', port: 993 };
    const header = { command: 'PROXY', family: 'INET6', transport: 'STREAM', src, dst, unix: null } as const;
    const sent = Buffer.concat([writeProxyHeader(header, 2), HELLO]);
    client.write(sent.subarray(0, 10), () => setImmediate(() => client.end(sent.subarray(10))));
    const options = { proxyProtocol: 'required', trustedNetworks: ['127.0.0.1'] } as const;
    const { fingerprint } = await readClientHello(socket, options);
    expect(fingerprint.proxiedSrc).toEqual(src);
    socket.end();
    expect(await everything(socket)).toEqual(Buffer.from(HELLO));
  });

  it.skipIf(!opensslIsThere || !tsharkCanReadBytes)(
    `lets new TLSSocket shake hands behind it (${OPENSSL_ABSENT}, or tshark)`,
    async () => {
      const found: { string: string; hash: string }[] = [];
      const port = await serve(async (socket) => {
        found.push((await readClientHello(socket)).fingerprint.ja3);
        const secured = new TLSSocket(socket, { isServer: true, ...keys });
        secured.on('error', () => {}).end('behind it');
      });
      for (const deliver of [undefined, byteByByte]) {
        const between = await relay(port, deliver);
        cleanups.push(between.close);
        const client = connect({ port: between.port, host: '127.0.0.1', rejectUnauthorized: false });
        expect((await everything(client)).toString()).toBe('behind it');
        expect(found.pop()).toEqual(tsharkJa3(between.sent()));
      }
    },
  );
});
