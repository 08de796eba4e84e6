import { createServer, type Server, type Socket } from 'node:net';
import { closer, listen } from '../tls-servers.js';

/** A request as it came in, byte for byte. */
export interface RawRequest {
  readonly line: string;
  /** In the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface PolicyServer {
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** Connections that were made so far. */
  connections(): number;
  close(): Promise<void>;
}

/** What becomes of a request. The connection stays open unless this closes it. */
export type Answer = (request: RawRequest, socket: Socket) => void;

/** A policy server of sockets alone, so that it can break every rule. Requests on one connection come one after the other. */
export async function startPolicyServer(answer: Answer, server: Server = createServer()): Promise<PolicyServer> {
  const requests: RawRequest[] = [];
  let connections = 0;
  server.on(
    server.listenerCount('secureConnection') > 0 || 'setSecureContext' in server ? 'secureConnection' : 'connection',
    (socket: Socket) => {
      connections++;
      let bytes = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (;;) {
          const end = bytes.indexOf('\r\n\r\n');
          if (end < 0) return;
          const [line = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
          const headers = lines.map(
            (text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] as const,
          );
          const length = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
          if (bytes.length < end + 4 + length) return;
          const request = { line, headers, body: bytes.subarray(end + 4, end + 4 + length).toString('utf8') };
          bytes = bytes.subarray(end + 4 + length);
          requests.push(request);
          answer(request, socket);
        }
      });
    },
  );
  const close = closer(server);
  return { port: await listen(server), requests, connections: () => connections, close };
}

/** A whole answer of HTTP. */
export function http(status: number | string, body: string, ...headers: readonly string[]): string {
  const line = typeof status === 'number' ? `HTTP/1.1 ${status} Status` : status;
  const all = [line, 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return `${all.join('\r\n')}\r\n\r\n${body}`;
}

/** Says the same to everybody. */
export const always =
  (body: object): Answer =>
  (_, socket) =>
    void socket.write(http(200, JSON.stringify(body)));
