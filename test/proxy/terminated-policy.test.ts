import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { clientName } from '../../src/login/index.js';
import { PolicyClient, policyDefaults } from '../../src/policy/index.js';
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

const certificate = opensslIsThere ? selfSigned('imap.test') : null;

interface Asked {
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A policy server by script. */
async function policyServer(answer: (asked: Asked, count: number) => object): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const command = new URL(request.url ?? '', 'http://policy').searchParams.get('command') ?? '';
      const now: Asked = { command, body: JSON.parse(text) as Record<string, unknown> };
      asked.push(now);
      const body = JSON.stringify(answer(now, asked.length));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

async function start(url: string, backend: ScriptedImap): Promise<{ proxy: TestProxy; policy: PolicyClient }> {
  const policy = new PolicyClient(
    { ...policyDefaults, url, nonce: 'testnonce' },
    { notices: { info: () => {}, warn: () => {} }, clientName, now: () => performance.now() },
  );
  const certificates = certificatesOf(certificate!);
  const proxy = await startProxy(proxyOptions([listenerWith({ certificates })], [backendWith(backend.port)]), {
    policy,
  });
  closers.push(() => proxy.close());
  return { proxy, policy };
}

async function client(port: number): Promise<Lines> {
  const tls = connectTls({ port, host: '127.0.0.1', servername: 'imap.test', rejectUnauthorized: false });
  closers.push(() => tls.destroy());
  await once(tls, 'secureConnect');
  return new Lines(tls);
}

async function scripted(): Promise<ScriptedImap> {
  const server = await imapServer();
  closers.push(server.close);
  return server;
}

const tried = ({ said }: ScriptedImap) => said.filter((line) => line.includes('AUTHENTICATE')).length;

describe.skipIf(!opensslIsThere)(`logins with a policy server (${OPENSSL_ABSENT})`, () => {
  it('are asked about before and after, with the fingerprint, and reported', async () => {
    const { url, asked } = await policyServer(() => ({ status: 0, msg: '' }));
    const backend = await scripted();
    const { proxy, policy } = await start(url, backend);
    const lines = await client(proxy.ports[0]!);
    lines.send('a1 LOGIN u p\r\n');
    await lines.until(/^a1 OK/);
    await policy.close();
    expect(asked.map(({ command }) => command)).toEqual(['allow', 'allow', 'report']);
    const [login] = proxy.logins;
    expect(asked[0]!.body).toMatchObject({
      login: 'u',
      remote: '127.0.0.1',
      tls: true,
      attrs: { ja3: login!.ja3!.hash, ja4: login!.ja4 },
    });
    expect(asked[2]!.body).toMatchObject({ success: true, policy_reject: false });
    expect(login).toMatchObject({ outcome: 'succeeded', verdict: { action: 'allow', source: 'server' } });
  });

  it('are refused with its words, and no backend is asked', async () => {
    const { url, asked } = await policyServer(() => ({ status: -1, msg: 'come back later' }));
    const backend = await scripted();
    const { proxy, policy } = await start(url, backend);
    const lines = await client(proxy.ports[0]!);
    lines.send('a1 LOGIN u p\r\n');
    expect(await lines.until(/^a1 /)).toContain('a1 NO [ALERT] come back later\r\n');
    await policy.close();
    expect(tried(backend)).toBe(0);
    expect(asked.map(({ command, body }) => [command, body.policy_reject])).toEqual([
      ['allow', undefined],
      ['report', true],
    ]);
    expect(proxy.logins).toHaveLength(1);
    expect(proxy.logins[0]).toMatchObject({
      outcome: 'refused',
      reasonCode: 'policy_refused',
      reason: 'come back later',
      verdict: { action: 'reject' },
    });
  });

  it('are refused after the password was right, and the backend is left', async () => {
    const { url } = await policyServer((_, count) => ({ status: count === 2 ? -1 : 0, msg: 'not you' }));
    const backend = await scripted();
    const { proxy, policy } = await start(url, backend);
    const lines = await client(proxy.ports[0]!);
    lines.send('a1 LOGIN u p\r\n');
    expect(await lines.until(/^a1 /)).toContain('a1 NO [ALERT] not you\r\n');
    expect(tried(backend)).toBe(1);
    const link = backend.sockets.at(-1)!;
    if (!link.closed) await once(link, 'close');
    await policy.close();
    expect(proxy.logins[0]).toMatchObject({ outcome: 'refused', reasonCode: 'policy_refused' });
  });

  it('wait as long as it says, and are let go when the client leaves', async () => {
    const { url, asked } = await policyServer(() => ({ status: 25, msg: '' }));
    const backend = await scripted();
    const { proxy, policy } = await start(url, backend);
    const lines = await client(proxy.ports[0]!);
    lines.send('a1 LOGIN u p\r\n');
    while (asked.length === 0) await new Promise(setImmediate);
    lines.socket.destroy();
    expect(await proxy.login(() => true)).toMatchObject({ reasonCode: 'auth_aborted_by_client', attempt: 1 });
    await policy.close();
    expect(tried(backend)).toBe(0);
  });

  it('go on where it cannot be asked', async () => {
    const backend = await scripted();
    const { proxy, policy } = await start('http://127.0.0.1:9/', backend);
    const lines = await client(proxy.ports[0]!);
    lines.send('a1 LOGIN u p\r\n');
    await lines.until(/^a1 OK/);
    await policy.close();
    expect(proxy.logins[0]).toMatchObject({ outcome: 'succeeded', verdict: { action: 'allow', source: 'failure' } });
  });
});
