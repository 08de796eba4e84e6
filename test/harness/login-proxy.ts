import type { ObservationRow, ProxiedLogin } from '../../src/model/index.js';
import {
  type BackendOptions,
  type LimitOptions,
  type ListenerOptions,
  LoginProxy,
  type ProxyOptions,
  type ProxyPorts,
  type ServerCertificates,
} from '../../src/proxy/index.js';
import type { KeyAndCertificate } from './tls-servers.js';

export const usualLimits: LimitOptions = {
  connections: 1000,
  connectionsPerAddress: 1000,
  loginTimeout: 60_000,
  handshakeTimeout: 10_000,
  connectTimeout: 5000,
  backendTimeout: 20_000,
  maxLine: 16_384,
  maxBytesBeforeLogin: 131_072,
  maxBadCommands: 5,
  maxAttempts: 5,
  drainTimeout: 5000,
};

export function certificatesOf(
  ...pairs: readonly (KeyAndCertificate & { names?: readonly string[] })[]
): ServerCertificates {
  return {
    entries: pairs.map(({ key, cert, names = [] }) => ({ names, chain: String(cert), key: String(key) })),
    minVersion: 'TLSv1.2',
    ciphers: null,
  };
}

export function listenerWith(options: Partial<ListenerOptions> = {}): ListenerOptions {
  return {
    name: 'test',
    protocol: 'imap',
    bind: { host: '127.0.0.1', port: 0 },
    tls: 'implicit',
    mode: 'terminated',
    certificates: null,
    proxyProtocol: null,
    proxyNetworks: [],
    trustedNetworks: [],
    mechanisms: ['PLAIN', 'LOGIN'],
    cleartext: false,
    apop: false,
    keywords: null,
    route: { by: 'static', backend: 'backend' },
    ...options,
  };
}

export function backendWith(port: number, options: Partial<BackendOptions> = {}): BackendOptions {
  return {
    name: 'backend',
    hosts: [{ host: '127.0.0.1', port }],
    tls: 'none',
    verify: { ca: null, serverName: null, insecure: false },
    proxyProtocol: null,
    forward: false,
    forwardFields: [],
    healthInterval: null,
    ...options,
  };
}

export function proxyOptions(
  listeners: readonly ListenerOptions[],
  backends: readonly BackendOptions[],
  options: Partial<Omit<ProxyOptions, 'limits'>> & { limits?: Partial<LimitOptions> } = {},
): ProxyOptions {
  return {
    hostname: 'proxy.test',
    listeners,
    backends: new Map(backends.map((backend) => [backend.name, backend])),
    whenUnrecorded: 'continue',
    openssl: '3.0',
    ...options,
    limits: { ...usualLimits, ...options.limits },
  };
}

export interface Notice {
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** A proxy on loopback, and what it told its ports. */
export interface TestProxy {
  readonly proxy: LoginProxy;
  /** Of its listeners, in order. */
  readonly ports: readonly number[];
  readonly logins: ProxiedLogin[];
  readonly observations: ObservationRow[];
  readonly notices: Notice[];
  /** Resolves with the next login line that fits, also one that was written before. */
  login(fits: (login: ProxiedLogin) => boolean): Promise<ProxiedLogin>;
  close(): Promise<void>;
}

export async function startProxy(options: ProxyOptions, override: Partial<ProxyPorts> = {}): Promise<TestProxy> {
  const logins: ProxiedLogin[] = [];
  const observations: ObservationRow[] = [];
  const notices: Notice[] = [];
  const waiting = new Set<() => void>();
  const notice = (message: string, details?: Readonly<Record<string, unknown>>) =>
    void notices.push({ message, details });
  const proxy = new LoginProxy(options, {
    log: {
      failing: false,
      write: (login) => {
        logins.push(login);
        for (const look of waiting) look();
      },
    },
    recorder: { failing: false, login: () => {}, observation: (row) => void observations.push(row) },
    recognize: null,
    notices: { info: notice, warn: notice },
    ...override,
  });
  const bound = await proxy.listen();
  return {
    proxy,
    ports: bound.map(({ address }) => address!.port),
    logins,
    observations,
    notices,
    login: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = logins.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close: () => proxy.close(0),
  };
}
