import { connect, createServer } from 'node:net';
import { closer, listen } from '../tls-servers.js';

/** A relay in front of a server of 127.0.0.1 that remembers what clients send. */
export interface Tap {
  readonly port: number;
  /** What each connection has sent so far, in the order they came. */
  readonly sent: () => readonly Buffer[];
  readonly close: () => Promise<void>;
}

export async function startTap(server: number): Promise<Tap> {
  const connections: Buffer[][] = [];
  const tap = createServer((client) => {
    const chunks: Buffer[] = [];
    connections.push(chunks);
    client.on('data', (chunk) => chunks.push(chunk));
    const upstream = connect(server, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  const close = closer(tap);
  return { port: await listen(tap), sent: () => connections.map((chunks) => Buffer.concat(chunks)), close };
}
