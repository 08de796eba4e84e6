import { hostname } from 'node:os';
import type { PolicyClientOptions } from '../policy/index.js';
import type { BackendOptions, LimitOptions, ListenerOptions, ProxyOptions } from '../proxy/index.js';
import type { Draft, ListenerDraft } from './draft.js';
import { authoritiesOf } from './load/certificates.js';
import type { Files } from './load/files.js';
import type { LoginLogSettings } from './load/login-log.js';
import type { PolicyRules } from './policy-file/read.js';
import type { Report } from './report.js';
import type { BackendEntry, LimitsEntry, ListenerEntry, ProxyEntry } from './schema/index.js';
import type { SystemdSockets } from './systemd.js';

/** What the command needs beside the proxy's options. */
export interface ProxyRuntime {
  /** Where login lines go. */
  readonly log: { readonly to: 'stderr' | 'stdout' } | { readonly to: 'file'; readonly path: string };
  /** Lines like Dovecot's; null: none. */
  readonly loginLog: LoginLogSettings | null;
  /** null: no policy server is asked. */
  readonly policy: PolicyClientOptions | null;
  /** null: no rules decide in this process. */
  readonly policyRules: PolicyRules | null;
  /** null: there is none. */
  readonly database: { readonly path: string; readonly record: boolean } | null;
  /** Clients are named: from the database where there is one, else from the labels that come with the program. */
  readonly names: boolean;
  readonly workers: number;
  /** Names of whom to become once ports are bound; null: stay. */
  readonly user: string | null;
  /** null: the user's own. */
  readonly group: string | null;
}

export function buildBackends(draft: Draft, files: Files, report: Report): ReadonlyMap<string, BackendOptions> {
  const built = new Map<string, BackendOptions>();
  for (const [name, entry] of draft.backends) {
    if (entry === null) continue;
    const ca = authoritiesOf(entry.verify.ca, ['backends', name, 'verify', 'ca'], files, report);
    built.set(name, backendOf(name, entry, ca));
  }
  return built;
}

function backendOf(name: string, entry: BackendEntry, ca: string | null): BackendOptions {
  const { verify, forward, health, proxy_protocol } = entry;
  return {
    name,
    hosts: entry.hosts,
    tls: entry.tls,
    verify: { ca, serverName: verify.server_name ?? null, insecure: verify.insecure },
    proxyProtocol: proxy_protocol === 'none' ? null : proxy_protocol,
    forward: forward !== undefined,
    forwardFields: [...new Set(forward)],
    healthInterval: health === 'none' ? null : health,
  };
}

/**
 * One for each address. Sockets of systemd are looked up where there is a list of them; where there is none (a file is only checked), such listeners are left out.
 */
export function buildListeners(
  listeners: readonly ListenerDraft[],
  sockets: SystemdSockets | null,
  report: Report,
): readonly ListenerOptions[] {
  const taken = new Set(listeners.map(({ entry }) => entry.name));
  return listeners.flatMap((draft) => {
    const { entry, route, path } = draft;
    const name = entry.name ?? freeName(entry, taken);
    taken.add(name);
    const binds: ListenerOptions['bind'][] = [...(entry.listen ?? [])];
    if (entry.systemd !== undefined && sockets !== null) {
      const descriptors = sockets.get(entry.systemd) ?? [];
      if (descriptors.length === 0)
        report.error([...path, 'systemd'], 'systemd has handed over no socket of this name');
      binds.push(...descriptors.map((fd) => ({ fd })));
    }
    return route === null ? [] : binds.map((bind) => ({ ...listenerOf(draft, name), bind, route }));
  });
}

function listenerOf({ entry, certificates }: ListenerDraft, name: string): Omit<ListenerOptions, 'bind' | 'route'> {
  const { proxy_protocol } = entry;
  const terminated = entry.mode === 'terminated';
  return {
    name,
    protocol: entry.protocol,
    tls: entry.tls,
    mode: entry.mode,
    certificates,
    proxyProtocol: proxy_protocol === undefined ? null : proxy_protocol.required ? 'required' : 'optional',
    proxyNetworks: proxy_protocol?.from ?? [],
    trustedNetworks: entry.trusted_networks,
    mechanisms: terminated ? [...new Set(entry.mechanisms)] : [],
    cleartext: terminated && entry.cleartext,
    apop: terminated && entry.apop,
    keywords: entry.keywords ?? null,
  };
}

/** `imaps`, `imaps-2`, … */
function freeName({ protocol, tls }: ListenerEntry, taken: ReadonlySet<string | undefined>): string {
  const base = tls === 'implicit' ? `${protocol}s` : protocol;
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}-${i}`;
  return name;
}

export function buildOptions(
  root: ProxyEntry,
  listeners: readonly ListenerOptions[],
  backends: ReadonlyMap<string, BackendOptions>,
): ProxyOptions {
  return {
    hostname: root.hostname ?? hostname(),
    listeners,
    backends,
    limits: limitsOf(root.limits),
    whenUnrecorded: root.when_unrecorded,
    openssl: root.openssl,
  };
}

function limitsOf(entry: LimitsEntry): LimitOptions {
  return {
    connections: entry.connections,
    connectionsPerAddress: entry.connections_per_address,
    loginTimeout: entry.login_timeout,
    handshakeTimeout: entry.handshake_timeout,
    connectTimeout: entry.connect_timeout,
    backendTimeout: entry.backend_timeout,
    maxLine: entry.max_line,
    maxBytesBeforeLogin: entry.max_bytes_before_login,
    maxBadCommands: entry.max_bad_commands,
    maxAttempts: entry.max_attempts,
    drainTimeout: entry.drain_timeout,
  };
}

export function buildRuntime(
  root: ProxyEntry,
  files: Files,
  { loginLog, policy, policyRules }: Pick<ProxyRuntime, 'loginLog' | 'policy' | 'policyRules'>,
): ProxyRuntime {
  const { log, database } = root;
  return {
    loginLog,
    policy,
    policyRules,
    log: log === 'stderr' || log === 'stdout' ? { to: log } : { to: 'file', path: files.resolve(log) },
    database: database === undefined ? null : { path: files.resolve(database), record: root.record },
    names: root.names,
    workers: root.workers,
    user: root.user ?? null,
    group: root.group ?? null,
  };
}
