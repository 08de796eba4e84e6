import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { afterEach } from 'vitest';
import {
  type FingerprintConnectionsOptions,
  type FingerprintedConnections,
  fingerprintConnections,
} from '../../src/socket/index.js';
import { closer, type KeyAndCertificate, listen, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

/** Where there is no openssl every test that needs them is skipped. */
export const keys: KeyAndCertificate = opensslIsThere
  ? selfSigned('localhost')
  : { key: Buffer.alloc(0), cert: Buffer.alloc(0) };

/** What a test has to undo, last first. */
export const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A listening server with the hook that says a dot to whoever has shaken hands. */
export async function hooked(
  options: FingerprintConnectionsOptions = {},
): Promise<{ server: Server; port: number; hook: FingerprintedConnections }> {
  const server = createServer(keys, (socket) => socket.on('error', () => {}).end('.'));
  const hook = fingerprintConnections(server, options);
  cleanups.push(closer(server));
  return { server, port: await listen(server), hook };
}

export function client(port: number): TLSSocket {
  return connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
}

export async function tcp(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** The hello a Node client would send. */
export function nodeHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const first = new Duplex({ read() {}, write: (chunk) => resolve(chunk) });
    connect({ socket: first, servername: 'localhost' }).on('error', () => {});
  });
}
