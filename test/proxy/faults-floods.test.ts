import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Lines } from '../harness/imap-script.js';
import { certificatesOf, type TestProxy } from '../harness/login-proxy.js';
import { clearProxy, connected, logIn, secured } from '../harness/sessions.js';
import { speakingBackend, speechOf } from '../harness/speech.js';
import { byteByByte, OPENSSL_ABSENT, opensslIsThere, relay, selfSigned } from '../harness/tls-servers.js';

const certificates = opensslIsThere ? certificatesOf(selfSigned('mail.test')) : null;
const speech = speechOf('imap');
/** The beginning of a record with a hello of 512 bytes (RFC 8446 section 4), and no more. */
const HALF_HELLO = Buffer.from('1603010200010001fc0303', 'hex');

async function flood(limits: Record<string, number>, listener = {}): Promise<TestProxy> {
  const backend = await speakingBackend(speech);
  onTestFinished(backend.close);
  return clearProxy(speech, backend.port, { limits }, { tls: 'implicit', certificates, ...listener });
}

/** Connections that send this and no more. @returns them, once all are there */
async function stalled(port: number, count: number, bytes: Buffer | null, localAddress = '127.0.0.1') {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let from = 0; from < count; from += 100) {
    const batch = Array.from({ length: Math.min(100, count - from) }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.on('error', () => {}); // the proxy may reset it
      if (bytes !== null) socket.write(bytes);
      return socket;
    });
    sockets.push(...batch);
    await Promise.all(batch.map((socket) => once(socket, 'connect')));
  }
  return sockets;
}

async function logsIn(port: number): Promise<void> {
  const client = await secured(port);
  await client.until(speech.greeted);
  expect(await logIn(client, speech)).toMatch(speech.succeeded);
  client.socket.destroy();
}

/** Resolves when so many of them, or all, have closed. */
function closed(sockets: readonly Socket[], count = sockets.length): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (sockets.filter((socket) => socket.closed).length >= count) resolve();
    };
    for (const socket of sockets) socket.on('close', look);
    look();
  });
}

describe.skipIf(!opensslIsThere)(`a flood (${OPENSSL_ABSENT})`, () => {
  it.each([
    ['500 halves of a hello', HALF_HELLO],
    ['500 connections that never speak', null],
  ])('of %s lets others log in; each is let go and told of', async (_, bytes) => {
    const proxy = await flood({ connections: 2000, connectionsPerAddress: 2000, handshakeTimeout: 3000 });
    const sockets = await stalled(proxy.ports[0]!, 500, bytes);
    await logsIn(proxy.ports[0]!);
    await closed(sockets);
    await proxy.proxy.close(60_000);
    expect(proxy.proxy.connections).toBe(0);
    const told = proxy.logins.filter(({ outcome }) => outcome === 'none');
    expect(told).toHaveLength(500);
    expect(new Set(told.map(({ reasonCode }) => reasonCode))).toEqual(new Set(['tls_handshake_not_finished']));
    expect(proxy.logins).toHaveLength(501);
  });

  it('that takes all places gives up who waits the longest, not who comes last, nor who is in', async () => {
    const proxy = await flood({ connections: 50, connectionsPerAddress: 2000 });
    const client = await secured(proxy.ports[0]!);
    await client.until(speech.greeted);
    await logIn(client, speech);
    const sockets = await stalled(proxy.ports[0]!, 200, HALF_HELLO);
    await logsIn(proxy.ports[0]!);
    client.send('hello\r\n');
    expect(await client.until(/hello/)).toBe('echo hello\r\n');
    // The system takes connections before the proxy does: these have been given up, the last ones may be there.
    await closed(sockets, 100);
    for (const socket of sockets) socket.destroy();
    client.socket.destroy();
    await proxy.proxy.close(60_000);
    expect(proxy.notices).toContainEqual({
      message: 'connections over the limits were refused',
      details: { refused: expect.any(Number) },
    });
    const given = proxy.logins.filter(({ reasonCode }) => reasonCode === 'connection_limit');
    expect(given.length).toBeGreaterThanOrEqual(100);
    expect(proxy.logins.filter(({ outcome }) => outcome === 'none')).toHaveLength(200);
  });

  it('that comes before its PROXY headers gives its places up too', async () => {
    const listener = { proxyProtocol: 'required', proxyNetworks: ['127.0.0.0/8'] } as const;
    const proxy = await flood({ connections: 20, connectionsPerAddress: 2000 }, listener);
    const sockets = await stalled(proxy.ports[0]!, 60, null);
    const clear = await connected(proxy.ports[0]!);
    clear.send('PROXY TCP4 192.0.2.7 198.51.100.1 50000 993\r\n');
    const client = await secured(proxy.ports[0]!, clear.socket);
    await client.until(speech.greeted);
    expect(await logIn(client, speech)).toMatch(speech.succeeded);
    await closed(sockets, 41);
    expect(proxy.proxy.connections).toBeLessThanOrEqual(20);
    for (const socket of [...sockets, client.socket]) socket.destroy();
    await proxy.proxy.close(60_000);
  });

  it('from one address takes no place of the others', async () => {
    const proxy = await flood({ connections: 1000, connectionsPerAddress: 20 });
    const sockets = await stalled(proxy.ports[0]!, 100, HALF_HELLO, '127.0.0.9');
    await closed(sockets, 80);
    expect(proxy.proxy.connections).toBe(20);
    await closed(await stalled(proxy.ports[0]!, 1, HALF_HELLO, '127.0.0.9'));
    await logsIn(proxy.ports[0]!);
    // When they have gone, the address may come again.
    for (const socket of sockets) socket.destroy();
    await closed(sockets);
    await proxy.proxy.close(60_000);
    expect(proxy.logins.filter(({ outcome }) => outcome === 'none')).toHaveLength(20);
  });

  it('of 50 hellos in segments of one octet ends with 50 logins', async () => {
    const proxy = await flood({});
    const slow = await relay(proxy.ports[0]!, byteByByte);
    onTestFinished(slow.close);
    const clients = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const client: Lines = await secured(slow.port);
        await client.until(speech.greeted);
        return logIn(client, speech);
      }),
    );
    for (const answer of clients) expect(answer).toMatch(speech.succeeded);
    expect(proxy.logins).toHaveLength(50);
  });
});
