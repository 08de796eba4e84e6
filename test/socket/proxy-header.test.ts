import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { writeProxyHeader } from '../../src/haproxy/index.js';
import type { SensorError } from '../../src/socket/index.js';
import { everything, OPENSSL_ABSENT, opensslIsThere } from '../harness/tls-servers.js';
import { client, hooked, nodeHello, tcp } from './hooked.js';

describe.skipIf(!opensslIsThere)(`a PROXY header before the hello (${OPENSSL_ABSENT})`, () => {
  const addresses = {
    command: 'PROXY',
    family: 'INET',
    transport: 'STREAM',
    src: { ip: '192.0.2.7', port: 4321 },
    dst: { ip: '198.51.100.1', port: 993 },
    unix: null,
  } as const;
  const trusted = { trustedNetworks: ['127.0.0.0/8'] };
  const untrusted = { trustedNetworks: ['192.0.2.0/24'] };

  async function connectBehind(port: number, header: Uint8Array): Promise<string> {
    const socket = await tcp(port);
    socket.write(header);
    return (await everything(connect({ socket, servername: 'localhost', rejectUnauthorized: false }))).toString();
  }

  it.each([1, 2] as const)('of version %i is taken out, and announces the client', async (version) => {
    const { server, port } = await hooked({ proxyProtocol: 'required', ...trusted });
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    expect(await connectBehind(port, writeProxyHeader(addresses, version))).toBe('.');
    const [{ fingerprint }] = await secured;
    expect(fingerprint!.proxiedSrc).toEqual(addresses.src);
    expect(fingerprint!.proxy!.dst).toEqual(addresses.dst);
    expect(fingerprint!.hello.serverName).toBe('localhost');
  });

  it('may be left out where it is optional', async () => {
    const { server, port } = await hooked({ proxyProtocol: 'optional', ...trusted });
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    expect((await everything(client(port))).toString()).toBe('.');
    expect((await secured)[0].fingerprint!.proxy).toBeNull();
  });

  it.each([
    ['missing where it is required', 'proxy_missing', { proxyProtocol: 'required', ...trusted }, null],
    ['from a peer that is not trusted', 'proxy_untrusted', { proxyProtocol: 'required', ...untrusted }, addresses],
    ['broken', 'proxy_malformed', { proxyProtocol: 'optional', ...trusted }, 'PROXY TCP4 nonsense\r\n'],
  ] as const)('%s ends the connection', async (_name, code, options, header) => {
    const { server, port } = await hooked(options);
    const told = once(server, 'fingerprintError') as Promise<[SensorError]>;
    const failed = once(server, 'tlsClientError');
    const bytes =
      header === null
        ? Buffer.alloc(0)
        : typeof header === 'string'
          ? Buffer.from(header)
          : writeProxyHeader(header, 2);
    const socket = await tcp(port);
    socket.write(Buffer.concat([bytes, await nodeHello()]));
    await everything(socket);
    expect((await told)[0].code).toBe(code);
    expect((await failed)[0].code).toBe(code);
  });

  it('is no TLS where it comes from a peer that may not send one, and the code says so', async () => {
    const { server, port } = await hooked({ proxyProtocol: 'optional', ...untrusted });
    const told = once(server, 'fingerprintError') as Promise<[SensorError]>;
    const failed = once(server, 'tlsClientError');
    const socket = await tcp(port);
    socket.write(writeProxyHeader(addresses, 1));
    expect((await told)[0].code).toBe('proxy_untrusted');
    expect((await failed)[0].code).toMatch(/^ERR_SSL_|EPROTO/);
    await everything(socket);
  });

  it('is not looked for by default', async () => {
    const { server, port } = await hooked();
    const told = once(server, 'fingerprintError') as Promise<[SensorError]>;
    const socket = await tcp(port);
    socket.write(writeProxyHeader(addresses, 1));
    expect((await told)[0].code).toBe('not_tls');
    socket.destroy();
  });
});
