import { constants } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2, createSecureServer } from 'node:http2';
import { Agent, createServer as createHttpsServer, request } from 'node:https';
import { connect as connectTcp, type Server as NetServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  createServer,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { closer, everything, type KeyAndCertificate, listen } from '../harness/tls-servers.js';

export interface Keys {
  readonly server: KeyAndCertificate;
  readonly other: KeyAndCertificate;
  readonly client: KeyAndCertificate;
}

/** What is done with a server before it listens: nothing, or the hook is put on it. */
export type Prepare = (server: Server) => void;

/** Runs something against a server; everything that client and server see, but for what differs from one run to the next. */
export type Scenario = (prepare: Prepare, keys: Keys) => Promise<unknown>;

/** A server for the time of a scenario. */
async function using<S extends NetServer, T>(
  server: S,
  prepare: (server: S) => void,
  run: (port: number) => Promise<T>,
): Promise<T> {
  prepare(server);
  const close = closer(server);
  const port = await listen(server);
  try {
    return await run(port);
  } finally {
    await close();
  }
}

const client = (port: number, options: ConnectionOptions = {}): TLSSocket =>
  connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...options });

const commonName = (socket: TLSSocket) => socket.getPeerCertificate().subject?.CN;

const echo = (socket: Socket) => void socket.on('error', () => {}).pipe(socket);

/** One handshake with a server that echoes: what both sides see of it. */
const handshake =
  (serverOptions: (keys: Keys) => TlsOptions, clientOptions: (keys: Keys) => ConnectionOptions): Scenario =>
  (prepare, keys) => {
    const server = createServer({ ...keys.server, ...serverOptions(keys) }, echo);
    return using(server, prepare, async (port) => {
      const seen = Promise.race([
        once(server, 'secureConnection').then(([socket]: TLSSocket[]) => ({
          alpn: socket!.alpnProtocol,
          servername: socket!.servername,
          protocol: socket!.getProtocol(),
          cipher: socket!.getCipher().name,
          authorized: socket!.authorized,
          authorizationError: String(socket!.authorizationError),
          peer: commonName(socket!),
          remote: socket!.remoteAddress,
          remoteFamily: socket!.remoteFamily,
          isClientsPort: socket!.remotePort === port2,
          local: [socket!.localAddress, socket!.localPort === port],
          encrypted: socket!.encrypted,
          server: (socket as TLSSocket & { server?: unknown }).server === server,
          listeners: socket!.eventNames().length,
          allowHalfOpen: socket!.allowHalfOpen,
        })),
        once(server, 'tlsClientError').then(([error]) => error.code),
      ]);
      let port2: number | undefined;
      const socket = client(port, clientOptions(keys));
      socket.once('connect', () => {
        port2 = socket.localPort;
      });
      socket.on('error', () => {});
      socket.end('to and fro');
      const answer = await everything(socket);
      return { server: await seen, answer: answer.toString(), alpn: socket.alpnProtocol };
    });
  };

/** Two connections, the second with the first one's session. */
const resumption =
  (serverOptions: TlsOptions, clientOptions: ConnectionOptions, stored: boolean): Scenario =>
  (prepare, keys) => {
    const server = createServer({ ...keys.server, ...serverOptions });
    const events: string[] = [];
    const sessions = new Map<string, Buffer>();
    if (stored) {
      server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
        events.push('newSession');
        sessions.set(id.toString('hex'), data);
        done();
      });
      server.on('resumeSession', (id: Buffer, done: (error: Error | null, data: Buffer | null) => void) => {
        events.push('resumeSession');
        done(null, sessions.get(id.toString('hex')) ?? null);
      });
    }
    const reused: boolean[] = [];
    server.on('secureConnection', (socket) => {
      reused.push(socket.isSessionReused());
      socket.on('error', () => {}).end('.');
    });
    return using(server, prepare, async (port) => {
      let session: Buffer | undefined;
      const first = client(port, clientOptions);
      first.on('session', (ticket) => {
        session = ticket;
      });
      await everything(first);
      const second = client(port, { ...clientOptions, ...(session && { session }) });
      await everything(second);
      return { events, reused, client: second.isSessionReused() };
    });
  };

/** Raw bytes to a TLS server: its answer, and the error it is told. */
const raw =
  (act: (socket: Socket) => void, options: TlsOptions = {}): Scenario =>
  (prepare, keys) => {
    const server = createServer({ ...keys.server, ...options });
    return using(server, prepare, async (port) => {
      const told = once(server, 'tlsClientError');
      const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, 'connect');
      const answer = everything(socket);
      act(socket);
      const [error, under] = (await told) as [NodeJS.ErrnoException, Socket];
      under.destroy();
      socket.end();
      // OpenSSL begins its messages with the number of a thread.
      return {
        code: error.code,
        message: error.message.replace(/^[0-9A-F]+:/, ''),
        answer: (await answer).toString('hex'),
      };
    });
  };

const PART_OF_HELLO = Buffer.from('16030102000100', 'hex'); // of 512 bytes

/** A client whose hello is the last that comes of it. */
const stalled: Scenario = (prepare, keys) => {
  const server = createServer({ ...keys.server, handshakeTimeout: 50 });
  return using(server, prepare, async (port) => {
    const tcp = connectTcp({ port, host: '127.0.0.1' });
    const hello = new Promise<Buffer>((resolve) => {
      const first = new Duplex({ read() {}, write: (chunk) => resolve(chunk) });
      connect({ socket: first }).on('error', () => {});
    });
    const answer = everything(tcp);
    tcp.write(await hello);
    const [error, under] = await once(server, 'tlsClientError');
    under.destroy();
    return { code: error.code, hasAnswer: (await answer).length > 0 };
  });
};

/** Two requests on one connection kept alive. */
const keepAlive: Scenario = (prepare, keys) => {
  const sockets = new Set<Socket>();
  const server = createHttpsServer({ ...keys.server, ALPNProtocols: ['http/1.1'] }, (req, res) => {
    sockets.add(req.socket);
    req.socket.setTimeout(60_000);
    res.end(`${req.method} ${req.url} ${(req.socket as TLSSocket).alpnProtocol} ${req.socket.timeout}`);
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return using(server, prepare, async (port) => {
    const answers: string[] = [];
    for (const path of ['/one', '/two']) {
      const req = request({ port, host: '127.0.0.1', path, agent, rejectUnauthorized: false });
      req.end();
      const [res] = await once(req, 'response');
      answers.push(await text(res));
    }
    agent.destroy();
    return { answers, connections: sockets.size };
  });
};

const http2: Scenario = (prepare, keys) => {
  const server = createSecureServer({ ...keys.server, allowHTTP1: true }, (req, res) => {
    res.end(`${req.httpVersion} ${req.url} ${(req.socket as TLSSocket).alpnProtocol}`);
  });
  return using(server as Server, prepare, async (port) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const stream = session.request({ ':path': '/two' });
    const second = await text(stream);
    session.close();
    const req = request({ port, host: '127.0.0.1', path: '/one', agent: false, rejectUnauthorized: false });
    req.end();
    const [res] = await once(req, 'response');
    return [second, await text(res)];
  });
};

/** server.close() waits for a connection that has said nothing yet, and lets it finish. */
const closing: Scenario = (prepare, keys) => {
  const server = createServer(keys.server, echo);
  return using(server, prepare, async (port) => {
    const tcp = connectTcp({ port, host: '127.0.0.1' });
    await once(server, 'connection');
    const order: string[] = [];
    const closed = once(server, 'close').then(() => order.push('server closed'));
    server.close();
    const count = await new Promise((resolve) => server.getConnections((_error, n) => resolve(n)));
    const socket = connect({ socket: tcp, rejectUnauthorized: false });
    socket.end('late');
    const answer = await everything(socket);
    order.push('client closed');
    await closed;
    return { count, answer: answer.toString(), order: order.sort() };
  });
};

/** A stream that is no socket, as libraries hand it to a server. */
const throughStream: Scenario = (prepare, keys) => {
  const server = createServer(keys.server, echo);
  return using(server, prepare, async () => {
    const ends: Duplex[] = [];
    const end = (other: number) =>
      new Duplex({
        read() {},
        write: (chunk, _encoding, done) => {
          ends[other]!.push(chunk);
          done();
        },
        final: (done) => {
          ends[other]!.push(null);
          done();
        },
      });
    ends.push(end(1), end(0));
    server.emit('connection', ends[0]);
    const socket = connect({ socket: ends[1]!, rejectUnauthorized: false });
    socket.end('by hand');
    return (await everything(socket)).toString();
  });
};

/** The listeners a program has of its own: when they are called, and with what. */
const listeners: Scenario = (prepare, keys) => {
  const order: string[] = [];
  const server = createServer(keys.server);
  server.once('connection', (socket) => order.push(`once before ${socket.constructor.name}`));
  return using(
    server,
    (it) => {
      prepare(it);
      it.on('connection', (socket) => order.push(`after ${socket.constructor.name}`));
      it.on('keylog', (_line, socket) => order.push(`keylog ${socket.constructor.name}`));
      it.on('secureConnection', (socket) => {
        order.push(`secureConnection ${socket.bytesRead} ${socket.readableFlowing}`);
        socket.on('error', () => {}).end('.');
      });
    },
    async (port) => {
      for (let i = 0; i < 2; i++) await everything(client(port, { maxVersion: 'TLSv1.2' }));
      return { order, count: server.listenerCount('connection') > 0 };
    },
  );
};

/** A paused server starts to read when it is told to; a timeout comes as an event. */
const pausedAndTimed: Scenario = (prepare, keys) => {
  const server = createServer({ ...keys.server, pauseOnConnect: true });
  return using(server, prepare, async (port) => {
    const socket = client(port);
    socket.on('error', () => {});
    socket.write('early');
    const [secured] = (await once(server, 'secureConnection')) as [TLSSocket];
    const paused = secured.isPaused();
    const [data] = await once(secured.resume(), 'data');
    secured.setTimeout(5);
    await once(secured, 'timeout');
    secured.end();
    await everything(socket);
    return { paused, data: data.toString() };
  });
};

/** Certificates and contexts that change while the server runs. */
const contexts: Scenario = (prepare, keys) => {
  const server = createServer({ ...keys.server, ALPNProtocols: ['imap'] }, (socket) =>
    socket.on('error', () => {}).end('.'),
  );
  server.addContext('other.example', keys.other);
  return using(server, prepare, async (port) => {
    const names: unknown[] = [];
    const look = async (servername: string) => {
      const socket = client(port, { servername });
      socket.once('secureConnect', () => names.push(commonName(socket)));
      await everything(socket);
    };
    await look('localhost');
    await look('other.example');
    server.setSecureContext(keys.other);
    await look('localhost');
    return names;
  });
};

const ocsp: Scenario = (prepare, keys) => {
  const server = createServer(keys.server, (socket) => socket.on('error', () => {}).end('.'));
  server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, Buffer.from('no OCSP response')));
  return using(server, prepare, async (port) => {
    const socket = client(port, { requestOCSP: true } as ConnectionOptions); // documented, and not in the types
    const [response] = await once(socket, 'OCSPResponse');
    await everything(socket);
    return response.toString();
  });
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'TLS 1.3': handshake(
    () => ({}),
    () => ({}),
  ),
  'TLS 1.2': handshake(
    () => ({}),
    () => ({ maxVersion: 'TLSv1.2' }),
  ),
  ALPN: handshake(
    () => ({ ALPNProtocols: ['imap', 'pop3'] }),
    () => ({ ALPNProtocols: ['smtp', 'pop3'] }),
  ),
  'ALPN without a common protocol': handshake(
    () => ({ ALPNProtocols: ['imap'] }),
    () => ({ ALPNProtocols: ['smtp'] }),
  ),
  ALPNCallback: handshake(
    () => ({ ALPNCallback: ({ servername, protocols }) => (servername === 'localhost' ? protocols[1] : undefined) }),
    () => ({ ALPNProtocols: ['smtp', 'pop3'] }),
  ),
  'SNICallback with another certificate': handshake(
    ({ other }) => ({ SNICallback: (_name, done) => done(null, createSecureContext(other)) }),
    ({ other }) => ({ servername: 'other.example', rejectUnauthorized: true, ca: other.cert }),
  ),
  'SNICallback that refuses': handshake(
    () => ({ SNICallback: (name, done) => done(Object.assign(new Error(`no ${name}`), { code: 'NO_NAME' })) }),
    () => ({}),
  ),
  HelloRetryRequest: handshake(
    () => ({ ecdhCurve: 'P-384' }),
    () => ({ ecdhCurve: 'X25519:P-384' }),
  ),
  'no common version': handshake(
    () => ({ minVersion: 'TLSv1.3' }),
    () => ({ maxVersion: 'TLSv1.2' }),
  ),
  'client certificate': handshake(
    ({ client: { cert } }) => ({ requestCert: true, ca: cert }),
    ({ client: { key, cert } }) => ({ key, cert }),
  ),
  'unknown client certificate, let in': handshake(
    () => ({ requestCert: true, rejectUnauthorized: false }),
    ({ client: { key, cert } }) => ({ key, cert }),
  ),
  'no client certificate': handshake(
    ({ client: { cert } }) => ({ requestCert: true, ca: cert, maxVersion: 'TLSv1.2' }),
    () => ({}),
  ),
  allowHalfOpen: handshake(
    () => ({ allowHalfOpen: true }),
    () => ({}),
  ),
  'handshake that stalls behind the hello': stalled,
  'ticket of TLS 1.3': resumption({}, {}, false),
  'ticket of TLS 1.2': resumption({}, { maxVersion: 'TLSv1.2' }, false),
  'session id of TLS 1.2': resumption({ secureOptions: constants.SSL_OP_NO_TICKET }, { maxVersion: 'TLSv1.2' }, true),
  'another protocol': raw((socket) => socket.write('GET / HTTP/1.0\r\n\r\n')),
  'one byte that is none of TLS, then the end': raw((socket) => socket.end('a')),
  'part of a hello, then the end': raw((socket) => socket.end(PART_OF_HELLO)),
  'nothing, then the end': raw((socket) => socket.end()),
  'part of a hello, then a reset': raw((socket) =>
    socket.write(PART_OF_HELLO, () => setImmediate(() => socket.resetAndDestroy())),
  ),
  'an alert first': raw((socket) => socket.write(Buffer.from('15030100020228', 'hex'))),
  'a hello that is none': raw((socket) => socket.write(Buffer.from('160301000501000001ff', 'hex'))),
  'a hello of 60,000 bytes': raw((socket) => socket.write(Buffer.from('16030140000100ea60', 'hex')) && socket.end()),
  'https, kept alive': keepAlive,
  'http2 and HTTP/1': http2,
  'close while one waits': closing,
  'a stream that is no socket': throughStream,
  'listeners of the program': listeners,
  'pauseOnConnect, setTimeout': pausedAndTimed,
  'contexts that change': contexts,
  'OCSP stapling': ocsp,
};
