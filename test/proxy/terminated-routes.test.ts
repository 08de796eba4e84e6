import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { BackendOptions, ListenerOptions } from '../../src/proxy/index.js';
import { imapServer, Lines, type ScriptedImap } from '../harness/imap-script.js';
import {
  backendWith,
  certificatesOf,
  listenerWith,
  proxyOptions,
  startProxy,
  type TestProxy,
} from '../harness/login-proxy.js';
import { OPENSSL_ABSENT, opensslIsThere, selfSigned } from '../harness/tls-servers.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const names = ['one.test', 'two.test'] as const;
const pairs = opensslIsThere ? names.map((name) => ({ ...selfSigned(name), names: [name] })) : [];

async function server(): Promise<ScriptedImap> {
  const scripted = await imapServer();
  closers.push(scripted.close);
  return scripted;
}

async function start(listener: Partial<ListenerOptions>, backends: readonly BackendOptions[]): Promise<TestProxy> {
  const certificates = certificatesOf(...pairs);
  const proxy = await startProxy(proxyOptions([listenerWith({ certificates, ...listener })], backends));
  closers.push(() => proxy.close());
  return proxy;
}

async function client(port: number, servername: string, host = '127.0.0.1'): Promise<Lines> {
  const tls = connectTls({ port, host, servername, rejectUnauthorized: false });
  closers.push(() => tls.destroy());
  await once(tls, 'secureConnect');
  return new Lines(tls);
}

const presented = ({ socket }: Lines) => (socket as TLSSocket).getPeerCertificate().subject.CN;

describe.skipIf(!opensslIsThere)(`whom a terminated client is led to (${OPENSSL_ABSENT})`, () => {
  it.each([
    ['one.test', 'one.test'],
    ['two.test', 'two.test'],
    ['TWO.test', 'two.test'],
    ['three.test', 'one.test'],
  ])('who asks for %s is shown the certificate of %s', async (asked, shown) => {
    const backend = await server();
    const proxy = await start({}, [backendWith(backend.port)]);
    expect(presented(await client(proxy.ports[0]!, asked))).toBe(shown);
  });

  it('by server name, and to nobody without a route', async () => {
    const [first, second] = [await server(), await server()];
    const route = {
      by: 'sni' as const,
      names: new Map([
        ['one.test', 'first'],
        ['two.test', 'second'],
      ]),
      otherwise: null,
    };
    const proxy = await start({ route }, [
      backendWith(first.port, { name: 'first' }),
      backendWith(second.port, { name: 'second' }),
    ]);
    for (const [name, status] of [
      ['one.test', 'OK'],
      ['two.test', 'OK'],
      ['three.test', 'NO'],
    ] as const) {
      const lines = await client(proxy.ports[0]!, name);
      lines.send('a1 LOGIN u p\r\n');
      expect(await lines.until(/^a1 /)).toMatch(new RegExp(`^a1 ${status}`, 'm'));
    }
    expect(proxy.logins.map(({ outcome, backend }) => [outcome, backend])).toEqual([
      ['succeeded', `first (127.0.0.1:${first.port})`],
      ['succeeded', `second (127.0.0.1:${second.port})`],
      ['failed', null],
    ]);
  });

  it('by user', async () => {
    const [first, second] = [await server(), await server()];
    const route = {
      by: 'user' as const,
      rules: [{ match: 'pattern' as const, pattern: '^(u)$', backend: '$1-server' }],
      otherwise: 'first',
    };
    const proxy = await start({ route }, [
      backendWith(first.port, { name: 'first' }),
      backendWith(second.port, { name: 'u-server' }),
    ]);
    const lines = await client(proxy.ports[0]!, 'one.test');
    lines.send('a1 LOGIN somebody p\r\na2 LOGIN u p\r\n');
    await lines.until(/^a2 OK/);
    expect(proxy.logins.map(({ outcome, user, backend }) => [outcome, user, backend])).toEqual([
      ['failed', 'somebody', `first (127.0.0.1:${first.port})`],
      ['succeeded', 'u', `u-server (127.0.0.1:${second.port})`],
    ]);
  });

  it('over IPv6, with a PROXY header that has both ends in one family', async () => {
    const backend = await server();
    const proxy = await start({ bind: { host: '::1', port: 0 } }, [backendWith(backend.port, { proxyProtocol: 1 })]);
    const lines = await client(proxy.ports[0]!, 'one.test', '::1');
    lines.send('a1 LOGIN u p\r\n');
    const login = await proxy.login(({ attempt }) => attempt === 1);
    expect(login.remote).toEqual({ ip: '::1', port: lines.socket.localPort });
    const header = `PROXY TCP6 ::1 ::1 ${lines.socket.localPort} ${proxy.ports[0]}`;
    expect(backend.said.some((line) => line === header)).toBe(true);
  });
});

describe.skipIf(!opensslIsThere)(`what a client claims of another one (${OPENSSL_ABSENT})`, () => {
  const claim =
    '("x-originating-ip" "192.0.2.77" "x-originating-port" "4711" "x-session-id" "abc" "x-proxy-ttl" "5" "x-forward-ssl_ja3_hash" "5e0b0ddd5e0b0ddd5e0b0ddd5e0b0ddd" "name" "Mutt")';

  it.each([
    ['is believed of a trusted one', ['127.0.0.1'], true],
    ['is nothing of another', [], false],
  ] as const)('%s', async (_, trustedNetworks, believed) => {
    const backend = await server();
    const proxy = await start({ trustedNetworks }, [
      backendWith(backend.port, { forward: true, forwardFields: ['ssl_ja3_hash'] }),
    ]);
    const lines = await client(proxy.ports[0]!, 'one.test');
    lines.send(`a0 ID ${claim}\r\na1 LOGIN u p\r\n`);
    await lines.until(/^a1 OK/);
    const [login] = proxy.logins;
    expect(login!.remote.ip).toBe(believed ? '192.0.2.77' : '127.0.0.1');
    expect(login!.session === 'abc').toBe(believed);
    expect(login!.clientId).toEqual([['name', 'Mutt']]);
    // The health check said one too.
    const said = backend.said.findLast((line) => line.includes('x-originating-ip'));
    const told = believed ? '192.0.2.77' : '127.0.0.1';
    expect(said).toContain(`"x-originating-ip" "${told}"`);
    expect(said).toContain(`"x-proxy-ttl" "${believed ? 4 : 6}"`);
    const hash = believed ? '5e0b0ddd5e0b0ddd5e0b0ddd5e0b0ddd' : login!.fingerprint!.sslJa3['3.0'].hash;
    expect(said).toContain(`"x-forward-ssl_ja3_hash" "${hash}"`);
  });
});
