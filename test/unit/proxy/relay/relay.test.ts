import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Duplex, duplexPair } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type RelayOptions, type RelayResult, relay } from '../../../../src/proxy/relay/index.js';
import { closer, everything, listen } from '../../../harness/tls-servers.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Both ends of a connection over loopback; the second is a server's. */
async function connection(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true });
  cleanups.push(closer(server));
  const port = await listen(server);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  cleanups.push(async () => void socket.destroy());
  const [other] = await accepted;
  return [socket, other];
}

interface Relayed {
  readonly client: Socket;
  readonly backend: Socket;
  /** The relay's own two. */
  readonly inner: readonly [client: Socket, backend: Socket];
  readonly done: Promise<RelayResult>;
}

async function relayed(options?: RelayOptions): Promise<Relayed> {
  const [client, innerClient] = await connection();
  const [innerBackend, backend] = await connection();
  return { client, backend, inner: [innerClient, innerBackend], done: relay(innerClient, innerBackend, options) };
}

describe('relay', () => {
  it('carries bytes both ways unchanged and counts them', async () => {
    const { client, backend, done } = await relayed();
    const [forth, back] = [randomBytes(3_000_001), randomBytes(2_000_003)];
    const arrived = [everything(backend), everything(client)] as const;
    client.end(forth);
    backend.end(back);
    expect((await arrived[0]).equals(forth)).toBe(true);
    expect((await arrived[1]).equals(back)).toBe(true);
    expect(await done).toEqual({ fromClient: 3_000_001, fromBackend: 2_000_003, error: null });
  });

  it('passes on the end of one direction, and the other goes on', async () => {
    const { client, backend, done } = await relayed();
    client.end('a question');
    backend.resume();
    await once(backend, 'end');
    const answer = everything(client);
    backend.write('a late ');
    backend.end('answer');
    expect((await answer).toString()).toBe('a late answer');
    await done;
  });

  it('sends first what was put back', async () => {
    const [client, innerClient] = await connection();
    const [innerBackend, backend] = await connection();
    innerClient.unshift(Buffer.from('the first '));
    const done = relay(innerClient, innerBackend);
    const arrived = everything(backend);
    client.end('and the rest');
    backend.end();
    client.resume();
    expect((await arrived).toString()).toBe('the first and the rest');
    expect((await done).fromClient).toBe(22);
  });

  it('holds up a sender whose receiver takes nothing', async () => {
    const { client, backend, inner, done } = await relayed();
    backend.pause();
    const total = 64 * 2 ** 20;
    client.write(Buffer.alloc(total));
    // Held on purpose: nothing ends this loop but the relay's pausing.
    while (!inner[0].isPaused()) await new Promise((resolve) => setImmediate(resolve));
    expect(inner[0].bytesRead).toBeLessThan(total / 2);
    expect(inner[1].writableLength).toBeLessThan(2 ** 18);
    let received = 0;
    backend.on('data', (chunk) => (received += chunk.length));
    backend.resume();
    client.end();
    client.resume();
    backend.on('end', () => backend.end());
    expect((await done).fromClient).toBe(total);
    expect(received).toBe(total);
  });

  it('gives the client what is left for it when the backend breaks, and then ends', async () => {
    const { client, backend, done } = await relayed();
    client.on('error', () => {});
    backend.write('* BYE\r\n');
    const [first] = await once(client, 'data');
    expect(String(first)).toBe('* BYE\r\n');
    backend.resetAndDestroy();
    await once(client, 'end');
    expect((await done).error).toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends the backend when the client breaks, even while that one is held', async () => {
    const { client, backend, inner, done } = await relayed();
    backend.on('error', () => {});
    client.pause();
    backend.write(Buffer.alloc(64 * 2 ** 20));
    while (!inner[1].isPaused()) await new Promise((resolve) => setImmediate(resolve));
    client.resetAndDestroy();
    await done;
    expect(inner.map((socket) => socket.destroyed)).toEqual([true, true]);
  });

  it('ends both at once on the signal, and at once where one has closed before', async () => {
    const abort = new AbortController();
    const { client, backend, done } = await relayed({ signal: abort.signal });
    const ends = [client, backend].map((socket) => once(socket.resume(), 'end'));
    abort.abort();
    expect(await done).toEqual({ fromClient: 0, fromBackend: 0, error: null });
    await Promise.all(ends);

    const [, gone] = await connection();
    gone.destroy();
    await once(gone, 'close');
    const [inner, other] = await connection();
    other.resume();
    await relay(gone, inner);
    expect(inner.destroyed).toBe(true);
  });

  it('shows the watcher what the client sends until it has seen enough', async () => {
    const seen: string[] = [];
    const { client, backend, done } = await relayed({
      watch: (bytes) => seen.push(Buffer.from(bytes).toString()) < 2,
    });
    for (const text of ['one', 'two', 'three']) {
      client.write(text);
      await once(backend, 'data');
    }
    client.end();
    backend.end();
    client.resume();
    await done;
    expect(seen).toEqual(['one', 'two']);
  });

  it('works on streams that are no sockets', async () => {
    const [client, innerClient] = duplexPair();
    const [innerBackend, backend] = duplexPair();
    const done = relay(innerClient, innerBackend);
    const chunks: Buffer[] = [];
    backend.on('data', (chunk) => chunks.push(chunk));
    backend.on('end', () => backend.end('bye'));
    client.resume();
    client.end('hello');
    expect((await done).fromBackend).toBe(3);
    expect(Buffer.concat(chunks).toString()).toBe('hello');
    expect(client).toBeInstanceOf(Duplex);
  });
});
