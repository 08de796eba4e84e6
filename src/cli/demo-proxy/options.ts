import { forwardFields, type LimitOptions, type ListenerOptions, type ProxyOptions } from '../../proxy/index.js';

/** Where things listen, all on 127.0.0.1. 0: on any port that is free. */
export interface DemoPorts {
  readonly imaps: number;
  readonly imap: number;
  readonly backend: number;
}

/** Like those of mail, with a digit in front; and no server's usual ones. */
export const USUAL_PORTS: DemoPorts = { imaps: 10_993, imap: 10_143, backend: 10_144 };

/** Somebody may type by hand, so that a login takes its time; and hardly anybody is here twice. */
const LIMITS: LimitOptions = {
  connections: 200,
  connectionsPerAddress: 200,
  loginTimeout: 600_000,
  handshakeTimeout: 30_000,
  connectTimeout: 5000,
  backendTimeout: 10_000,
  maxLine: 16_384,
  maxBytesBeforeLogin: 131_072,
  maxBadCommands: 20,
  maxAttempts: 10,
  drainTimeout: 0,
};

/** @param certificate for localhost, with its key */
export function demoOptions(
  ports: DemoPorts,
  certificate: { readonly chain: string; readonly key: string },
): ProxyOptions {
  const listener = (name: keyof DemoPorts, tls: 'implicit' | 'starttls'): ListenerOptions => ({
    name,
    protocol: 'imap',
    bind: { host: '127.0.0.1', port: ports[name] },
    tls,
    mode: 'terminated',
    certificates: { entries: [{ names: ['localhost'], ...certificate }], minVersion: 'TLSv1.2', ciphers: null },
    proxyProtocol: null,
    proxyNetworks: [],
    trustedNetworks: [],
    mechanisms: ['PLAIN', 'LOGIN'],
    cleartext: false,
    apop: false,
    keywords: null,
    route: { by: 'static', backend: 'demo' },
  });
  const backend = {
    name: 'demo',
    hosts: [{ host: '127.0.0.1', port: ports.backend }],
    tls: 'none',
    verify: { ca: null, serverName: null, insecure: false },
    proxyProtocol: null,
    forward: true,
    forwardFields,
    healthInterval: null,
  } as const;
  return {
    hostname: 'localhost',
    listeners: [listener('imaps', 'implicit'), listener('imap', 'starttls')],
    backends: new Map([[backend.name, backend]]),
    limits: LIMITS,
    whenUnrecorded: 'continue',
    openssl: '3.0',
  };
}
