import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Endpoint } from '../../endpoint.js';
import { SensorError } from '../../errors.js';
import { failure } from './answers.js';
import {
  CHECK_INTERVAL,
  HEADERS_TIME,
  IDLE_TIME,
  MAX_CONNECTIONS,
  MAX_HEADER,
  MAX_STRANGERS,
  REQUEST_TIME,
  SILENCE,
} from './limits.js';
import type { PolicyServerOptions } from './options.js';

const times: ServerOptions = {
  keepAliveTimeout: IDLE_TIME,
  headersTimeout: HEADERS_TIME,
  requestTimeout: REQUEST_TIME,
  connectionsCheckingInterval: CHECK_INTERVAL,
  maxHeaderSize: MAX_HEADER,
  noDelay: true,
  // A request without Host is answered by us, in our shape.
  requireHostHeader: false,
};

/** The HTTP servers of all addresses, with what holds slow and strange clients off. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #listener: RequestListener;
  readonly #isStranger: (address: string | undefined) => boolean;
  #strangers = 0;

  constructor(listener: RequestListener, isStranger: (address: string | undefined) => boolean) {
    this.#listener = listener;
    this.#isStranger = isStranger;
  }

  /**
   * @returns where it listens, in the order it was asked for
   * @throws SensorError `policy_listen`; then it listens nowhere
   */
  async listen(options: Pick<PolicyServerOptions, 'listen' | 'tls'>): Promise<readonly Endpoint[]> {
    const bound: Endpoint[] = [];
    for (const { host, port } of options.listen) {
      const server = this.#server(options.tls);
      try {
        bound.push(await bind(server, host, port));
      } catch (error) {
        await this.close(0);
        const reason = (error as NodeJS.ErrnoException).code ?? 'no reason given';
        throw new SensorError('policy_listen', `${host}:${port}`, 0, `cannot listen: ${reason}`);
      }
      this.#servers.push(server);
    }
    return bound;
  }

  /** Takes no connection any more, ends those without a request at once, and the others when they are answered or after that many milliseconds. */
  async close(graceMs: number): Promise<void> {
    const closed = this.#servers.splice(0).map((server) => end(server, graceMs));
    await Promise.all(closed);
  }

  #server(tls: PolicyServerOptions['tls']): Server {
    const server =
      tls === null
        ? createServer(times, this.#listener)
        : createSecureServer(
            { ...times, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2', handshakeTimeout: HEADERS_TIME },
            this.#listener,
          );
    server.maxConnections = MAX_CONNECTIONS;
    server.setTimeout(SILENCE);
    server.on('connection', (socket) => this.#admit(socket));
    server.on('clientError', refuse);
    return server;
  }

  #admit(socket: Socket): void {
    if (!this.#isStranger(socket.remoteAddress)) return;
    if (this.#strangers >= MAX_STRANGERS) {
      socket.destroy();
      return;
    }
    this.#strangers++;
    socket.once('close', () => this.#strangers--);
  }
}

async function bind(server: Server, host: string, port: number): Promise<Endpoint> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server without an address');
  return { ip: address.address, port: address.port };
}

async function end(server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  // Since Node 19 this ends connections without a request too.
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}

/** What is no HTTP, too long or too slow: a coded answer where one can still be given, and the end. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  const status = statusLines.get(error.code ?? '') ?? (error.code?.startsWith('HPE_') ? '400 Bad Request' : null);
  if (status === null || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(failure(status.slice(4)));
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

const statusLines = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
]);
