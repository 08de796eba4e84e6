import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket, type TlsOptions } from 'node:tls';
import { type ProxyHeader, readProxyHeader } from '../../src/haproxy/index.js';
import { closer, listen } from './tls-servers.js';

/** A host of a backend, on loopback. */
export interface BackendHost {
  readonly host: string;
  readonly port: number;
  /** Connections that have come. */
  readonly count: () => number;
  /** Connections that are open. */
  readonly open: () => number;
  /** Lines that were understood, of all connections. */
  readonly lines: readonly string[];
  readonly headers: readonly ProxyHeader[];
  /** Server names of the hellos. */
  readonly names: readonly (string | false | null)[];
  readonly close: () => Promise<void>;
}

export interface LineHost {
  readonly greeting?: string;
  /** A PROXY header comes first. */
  readonly header?: boolean;
  readonly tls?: { readonly when: 'implicit' | 'starttls'; readonly options: TlsOptions };
  /** What it does, in place of speaking: the header is read before. */
  readonly instead?: (socket: Socket) => void;
  /** Said behind the go-ahead for TLS, in clear. */
  readonly injected?: string;
  /** What WHO is answered. */
  readonly knows?: () => boolean;
  /** Said behind the last answer before a login. */
  readonly ahead?: string;
  /** Ends a connection on which the line comes. */
  readonly closesAt?: string;
}

/** A host that does with each connection what it likes. */
export async function hostThat(
  handle: (socket: Socket) => void,
  port?: number,
): Promise<Pick<BackendHost, 'host' | 'port' | 'count' | 'open' | 'close'>> {
  let count = 0;
  let open = 0;
  const server = createServer((socket) => {
    count++;
    open++;
    socket.on('error', () => {}); // what the other side does to it is the test's business
    socket.on('close', () => open--);
    handle(socket);
  });
  const close = closer(server);
  const bound = port === undefined ? await listen(server) : await listenAt(server, port);
  return { host: '127.0.0.1', port: bound, count: () => count, open: () => open, close };
}

function listenAt(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(port));
  });
}

/** A host that speaks the lines of {@link LineDialogue}. */
export async function lineHost(settings: LineHost = {}, port?: number): Promise<BackendHost> {
  const lines: string[] = [];
  const headers: ProxyHeader[] = [];
  const names: (string | false | null)[] = [];
  const host = await hostThat((socket) => {
    const speak = () => {
      if (settings.instead !== undefined) {
        settings.instead(socket);
        socket.resume();
      } else if (settings.tls?.when === 'implicit') serve(secured(settings.tls.options), true);
      else serve(socket, true);
    };
    const secured = (options: TlsOptions): TLSSocket => {
      const tls = new TLSSocket(socket, { isServer: true, ...options });
      tls.on('error', () => {}); // as above
      tls.on('secure', () => names.push((tls as TLSSocket & { servername?: string | false }).servername ?? null));
      return tls;
    };
    const serve = (stream: Socket, greets: boolean) => {
      if (greets) stream.write(`HI ${settings.greeting ?? 'there'}\n`);
      let text = '';
      const onData = (bytes: Buffer) => {
        text += bytes.toString('latin1');
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
          const line = text.slice(0, end);
          text = text.slice(end + 1);
          lines.push(line);
          if (line === settings.closesAt) stream.destroy();
          else if (line === 'TLS?' && settings.tls?.when === 'starttls') {
            stream.off('data', onData);
            stream.write(`TLS!\n${settings.injected ?? ''}`);
            serve(secured(settings.tls.options), false);
            return;
          } else if (line === 'TLS?') stream.write('NO such thing\n');
          else if (line.startsWith('WHO ')) {
            stream.write(`${(settings.knows?.() ?? true) ? 'KNOWN' : 'UNKNOWN'}\n${settings.ahead ?? ''}`);
          } else if (line === 'BYE') stream.end();
          else stream.write(`${line}\n`);
        }
      };
      stream.on('data', onData);
      stream.on('end', () => stream.end());
      stream.resume();
    };
    if (settings.header !== true) return speak();
    let head = Buffer.alloc(0);
    const onHeader = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const outcome = readProxyHeader(head);
      if (outcome.state === 'need_more') return;
      socket.off('data', onHeader).pause();
      if (outcome.state !== 'done') {
        socket.destroy();
        return;
      }
      headers.push(outcome.header);
      if (head.length > outcome.consumed) socket.unshift(head.subarray(outcome.consumed));
      speak();
    };
    socket.on('data', onHeader);
  }, port);
  return { ...host, lines, headers, names };
}

/** Takes connections and says nothing. */
export const silent = (socket: Socket): void => void socket.resume();

/** Answers with a reset. */
export const resets = (socket: Socket): void => void socket.resetAndDestroy();

/** A port of loopback where nobody listens. */
export async function refusingPort(): Promise<number> {
  const host = await hostThat(() => {});
  await host.close();
  return host.port;
}
