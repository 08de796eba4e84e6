import { once } from 'node:events';
import { connect as connectTcp, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { BackendOptions, ListenerOptions } from '../../src/proxy/index.js';
import { Lines } from './imap-script.js';
import { backendWith, listenerWith, proxyOptions, startProxy, type TestProxy } from './login-proxy.js';
import type { Speech } from './speech.js';

/** A proxy in clear for one protocol, in front of one backend; it is closed when the test is over. */
export async function clearProxy(
  speech: Speech,
  backendPort: number,
  options: Parameters<typeof proxyOptions>[2] = {},
  listener: Partial<ListenerOptions> = {},
  backend: Partial<BackendOptions> = {},
  ports: Parameters<typeof startProxy>[1] = {},
): Promise<TestProxy> {
  const listeners = [listenerWith({ protocol: speech.protocol, tls: 'none', cleartext: true, ...listener })];
  const proxy = await startProxy(proxyOptions(listeners, [backendWith(backendPort, backend)], options), ports);
  onTestFinished(() => proxy.close());
  return proxy;
}

export async function connected(port: number, options: Partial<NetConnectOpts> = {}): Promise<Lines> {
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return new Lines(socket);
}

/** TLS with a proxy. @param over a connection that is there already */
export async function secured(port: number, over?: Socket): Promise<Lines> {
  const tls = connectTls({
    ...(over === undefined ? { port, host: '127.0.0.1' } : { socket: over }),
    servername: 'mail.test',
    rejectUnauthorized: false,
  });
  onTestFinished(() => void tls.destroy());
  await once(tls, 'secureConnect');
  return new Lines(tls);
}

/** Logs in where the greeting has been read. @returns the last line of the answer */
export async function logIn(client: Lines, speech: Speech, user = 'u', password = 'p'): Promise<string> {
  let last = '';
  for (const [command, answered] of speech.login(user, password)) {
    client.send(command);
    last = await client.until(answered);
  }
  return last.trimEnd().split('\r\n').at(-1)!;
}
