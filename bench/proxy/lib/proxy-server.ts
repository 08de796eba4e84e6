/**
 * What the proxy is measured beside, and the proxy itself, each in a process of its own: `node proxy-server.mjs KIND TARGET_PORT`. Says its port. Asked `cpu` it says its
 * processor time in microseconds, asked `rss` its resident bytes, asked `logins` how many login lines there were.
 */
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type { ListenerOptions } from '../../../src/proxy/index.js';
import { LoginProxy } from '../../../src/proxy/index.js';

const [kind, target] = process.argv.slice(2) as [string, string];
const backendPort = Number(target);
let logins = 0;

/** As the configuration's defaults, but for what a flood from one machine, which has few addresses, needs. */
const limits = {
  connections: 10_000,
  connectionsPerAddress: 10_000,
  loginTimeout: 180_000,
  handshakeTimeout: 30_000,
  connectTimeout: 5000,
  backendTimeout: 30_000,
  maxLine: 16_384,
  maxBytesBeforeLogin: 131_072,
  maxBadCommands: 10,
  maxAttempts: 10,
  drainTimeout: 1000,
};

const listener: ListenerOptions = {
  name: 'bench',
  protocol: 'imap',
  bind: { host: '127.0.0.1', port: 0 },
  tls: 'implicit',
  mode: 'passed_through',
  certificates: null,
  proxyProtocol: null,
  proxyNetworks: [],
  trustedNetworks: [],
  mechanisms: [],
  cleartext: false,
  apop: false,
  keywords: null,
  route: { by: 'static', backend: 'backend' },
};

async function startProxy(): Promise<number> {
  const proxy = new LoginProxy(
    {
      hostname: 'bench.invalid',
      listeners: [listener],
      backends: new Map([
        [
          'backend',
          {
            name: 'backend',
            hosts: [{ host: '127.0.0.1', port: backendPort }],
            tls: 'none',
            verify: { ca: null, serverName: null, insecure: false },
            proxyProtocol: null,
            forward: false,
            forwardFields: [],
            healthInterval: null,
          },
        ],
      ]),
      limits,
      whenUnrecorded: 'continue',
      openssl: '3.0',
    },
    {
      log: {
        failing: false,
        write: (login) => {
          // As a log does, short of writing it.
          if (JSON.stringify(login).length > 0) logins++;
        },
      },
      recorder: null,
      recognize: null,
      notices: { info: () => {}, warn: () => {} },
    },
  );
  const [bound] = await proxy.listen();
  return bound!.address!.port;
}

function startPipe(): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const backend = connect({ port: backendPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    client.pipe(backend);
    backend.pipe(client);
    client.on('error', () => backend.destroy());
    backend.on('error', () => client.destroy());
  });
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** After garbage was collected, where node runs with `--expose-gc`. */
async function resident(): Promise<number> {
  globalThis.gc?.();
  await after(100);
  return process.memoryUsage.rss();
}

process.on('message', async (question) => {
  if (question === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send!(user + system);
  } else if (question === 'rss') process.send!(await resident());
  else process.send!(logins);
});
process.send!(await (kind === 'pipe' ? startPipe() : startProxy()));
