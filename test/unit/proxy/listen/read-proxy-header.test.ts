import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { writeProxyHeader } from '../../../../src/haproxy/index.js';
import { readProxyHeader } from '../../../../src/proxy/listen/read-proxy-header.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Both ends of a connection. */
async function pair(): Promise<{ client: Socket; server: Socket }> {
  const listening = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as { port: number };
  const client = connect(port, '127.0.0.1');
  const [server] = (await once(listening, 'connection')) as [Socket];
  for (const socket of [client, server]) socket.on('error', () => {});
  closers.push(() => {
    client.destroy();
    server.destroy();
    listening.close();
  });
  return { client, server };
}

const header = {
  command: 'PROXY',
  family: 'INET',
  transport: 'STREAM',
  src: { ip: '192.0.2.7', port: 40_000 },
  dst: { ip: '198.51.100.1', port: 993 },
  unix: null,
} as const;

async function rest(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe('readProxyHeader', () => {
  it.each([1, 2] as const)('reads version %i and puts back what follows', async (version) => {
    const { client, server } = await pair();
    client.write(writeProxyHeader(header, version));
    client.end('a001 NOOP\r\n');
    expect(await readProxyHeader(server, 'required')).toMatchObject({ version, src: header.src, dst: header.dst });
    expect(await rest(server)).toBe('a001 NOOP\r\n');
  });

  it('reads one that comes byte by byte', async () => {
    const { client, server } = await pair();
    const reading = readProxyHeader(server, 'required');
    for (const byte of [...writeProxyHeader(header, 1), 65]) {
      client.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    expect(await reading).toMatchObject({ src: header.src });
    client.end();
    expect(await rest(server)).toBe('A');
  });

  it('refuses a connection without one', async () => {
    const { client, server } = await pair();
    client.write('a001 NOOP\r\n');
    await expect(readProxyHeader(server, 'required')).rejects.toMatchObject({ code: 'proxy_missing' });
  });

  it('does without where it may be missing, and puts everything back', async () => {
    const { client, server } = await pair();
    client.end('a001 NOOP\r\n');
    expect(await readProxyHeader(server, 'optional')).toBeNull();
    expect(await rest(server)).toBe('a001 NOOP\r\n');
  });

  it('refuses a broken one even where it may be missing', async () => {
    const { client, server } = await pair();
    client.write('PROXY TCP4 192.0.2.7 nonsense 1 2\r\n');
    await expect(readProxyHeader(server, 'optional')).rejects.toMatchObject({ field: expect.any(String) });
  });

  it('hears that the peer has gone', async () => {
    const { client, server } = await pair();
    client.write('PRO');
    const reading = readProxyHeader(server, 'required');
    client.end();
    await expect(reading).rejects.toMatchObject({ code: 'proxy_missing' });
  });
});
