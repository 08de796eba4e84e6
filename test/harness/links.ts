import type { Endpoint } from '../../src/endpoint.js';
import type { ForwardedIdentity } from '../../src/proxy/attempt.js';
import type { DialogueFactories } from '../../src/proxy/link/index.js';
import { BackendLinks } from '../../src/proxy/link/index.js';
import type { LinkRequest } from '../../src/proxy/links.js';
import type { BackendOptions, ListenerOptions, ProxyOptions } from '../../src/proxy/options.js';
import type { Notices } from '../../src/proxy/ports.js';
import { lineDialogues } from './line-dialogue.js';

export const REMOTE: Endpoint = { ip: '192.0.2.7', port: 50_123 };
export const LOCAL: Endpoint = { ip: '198.51.100.1', port: 993 };

export const IDENTITY: ForwardedIdentity = {
  remote: REMOTE,
  local: LOCAL,
  session: 'sess',
  ttl: 6,
  tls: true,
  serverName: null,
  forward: [],
  clientId: null,
};

export function backendOptions(
  hosts: readonly { readonly host: string; readonly port: number }[],
  changes: Partial<BackendOptions> = {},
): BackendOptions {
  return {
    name: 'store',
    hosts: hosts.map(({ host, port }) => ({ host, port })),
    tls: 'none',
    verify: { ca: null, serverName: null, insecure: false },
    proxyProtocol: null,
    forward: false,
    forwardFields: [],
    healthInterval: null,
    ...changes,
  };
}

export function listenerOptions(changes: Partial<ListenerOptions> = {}): ListenerOptions {
  return {
    name: 'imaps',
    protocol: 'imap',
    bind: { host: '127.0.0.1', port: 0 },
    tls: 'implicit',
    mode: 'terminated',
    certificates: null,
    proxyProtocol: null,
    proxyNetworks: [],
    trustedNetworks: [],
    mechanisms: ['PLAIN'],
    cleartext: false,
    apop: false,
    keywords: null,
    route: { by: 'static', backend: 'store' },
    ...changes,
  };
}

export function linkRequest(backend: BackendOptions, changes: Partial<LinkRequest> = {}): LinkRequest {
  return {
    backend,
    protocol: 'imap',
    remote: REMOTE,
    local: LOCAL,
    tls: null,
    serverName: null,
    identity: null,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** What the operator was told, one line each: `warn MESSAGE HOST`. */
export class Noted implements Notices {
  readonly lines: string[] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  info(message: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#add(`info ${message} ${String(details.host)}`);
  }

  warn(message: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#add(`warn ${message} ${String(details.host)}`);
  }

  /** Resolves when there are that many lines. */
  reach(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.lines.length >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }

  #add(line: string): void {
    this.lines.push(line);
    for (const { count, resolve } of this.#waiting) if (this.lines.length >= count) resolve();
  }
}

export interface LinksUnderTest {
  readonly links: BackendLinks;
  readonly notices: Noted;
}

export function linksTo(
  backends: readonly BackendOptions[],
  changes: {
    readonly connectTimeout?: number;
    readonly backendTimeout?: number;
    readonly listeners?: readonly ListenerOptions[];
    readonly dialogueFor?: DialogueFactories;
  } = {},
): LinksUnderTest {
  const limits: ProxyOptions['limits'] = {
    connections: 100,
    connectionsPerAddress: 100,
    loginTimeout: 60_000,
    handshakeTimeout: 60_000,
    connectTimeout: changes.connectTimeout ?? 60_000,
    backendTimeout: changes.backendTimeout ?? 60_000,
    maxLine: 8192,
    maxBytesBeforeLogin: 65_536,
    maxBadCommands: 3,
    maxAttempts: 3,
    drainTimeout: 1000,
  };
  const notices = new Noted();
  const options = {
    hostname: 'proxy.example.org',
    listeners: changes.listeners ?? [listenerOptions()],
    backends: new Map(backends.map((backend) => [backend.name, backend])),
    limits,
  };
  return { links: new BackendLinks(options, notices, changes.dialogueFor ?? lineDialogues), notices };
}
