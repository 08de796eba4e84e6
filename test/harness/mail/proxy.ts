import { readFileSync } from 'node:fs';
import type { ObservationRow, ProxiedLogin } from '../../../src/model/index.js';
import {
  type BackendOptions,
  type LimitOptions,
  type ListenerOptions,
  LoginProxy,
  type ProxyOptions,
  type ServerCertificates,
  understoodMechanisms,
} from '../../../src/proxy/index.js';
import type { CertificateFiles } from './running.js';

/** Generous: the machine may be busy. */
export const LIMITS: LimitOptions = {
  connections: 1000,
  connectionsPerAddress: 1000,
  loginTimeout: 60_000,
  handshakeTimeout: 30_000,
  connectTimeout: 10_000,
  backendTimeout: 30_000,
  maxLine: 8192,
  maxBytesBeforeLogin: 65_536,
  maxBadCommands: 10,
  maxAttempts: 10,
  drainTimeout: 1000,
};

/** A backend on a port of 127.0.0.1 whose certificate is not looked at. */
export function backend(port: number, more: Partial<BackendOptions> = {}): BackendOptions {
  return {
    name: 'backend',
    hosts: [{ host: '127.0.0.1', port }],
    tls: 'none',
    verify: { ca: null, serverName: null, insecure: true },
    proxyProtocol: null,
    forward: false,
    forwardFields: ['ssl_ja3', 'ssl_ja3_hash', 'ja4'],
    healthInterval: null,
    ...more,
  };
}

/** A listener on a free port of 127.0.0.1, with every mechanism, for whom every client is a stranger. */
export function listener(
  of: Pick<ListenerOptions, 'protocol' | 'tls' | 'mode'> & Partial<ListenerOptions>,
): ListenerOptions {
  return {
    name: 'listener',
    bind: { host: '127.0.0.1', port: 0 },
    certificates: null,
    proxyProtocol: null,
    proxyNetworks: [],
    trustedNetworks: [],
    mechanisms: understoodMechanisms,
    cleartext: false,
    apop: false,
    keywords: null,
    route: { by: 'static', backend: 'backend' },
    ...of,
  };
}

export function certificates({ cert, key }: CertificateFiles): ServerCertificates {
  const entry = { names: ['localhost'], chain: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  return { entries: [entry], minVersion: 'TLSv1.2', ciphers: null };
}

export function proxyOptions(
  listeners: readonly ListenerOptions[],
  backends: readonly BackendOptions[],
  more: Partial<ProxyOptions> = {},
): ProxyOptions {
  return {
    hostname: 'proxy.example.test',
    listeners,
    backends: new Map(backends.map((one) => [one.name, one])),
    limits: LIMITS,
    whenUnrecorded: 'continue',
    openssl: '3.0',
    ...more,
  };
}

/** A proxy that listens, and everything it has told. */
export interface RunningProxy {
  /** Of the first listener. */
  readonly port: number;
  readonly ports: readonly number[];
  readonly logins: readonly ProxiedLogin[];
  readonly observations: readonly ObservationRow[];
  readonly notices: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const logins: ProxiedLogin[] = [];
  const observations: ObservationRow[] = [];
  const notices: string[] = [];
  const note = (message: string, details?: unknown) => void notices.push(`${message} ${JSON.stringify(details ?? {})}`);
  const proxy = new LoginProxy(options, {
    log: { write: (login) => void logins.push(login), failing: false },
    recorder: { login: () => {}, observation: (row) => void observations.push(row), failing: false },
    recognize: null,
    notices: { info: note, warn: note },
  });
  const ports = (await proxy.listen()).map(({ address }) => address!.port);
  return { port: ports[0]!, ports, logins, observations, notices, close: () => proxy.close() };
}
