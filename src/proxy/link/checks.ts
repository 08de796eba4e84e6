import type { Protocol } from '../dialogue.js';
import type { BackendOptions, ListenerOptions, ProxyOptions } from '../options.js';
import { couldLeadTo, namedBackends } from '../route/index.js';
import type { Approach } from './open.js';

/** How a backend's hosts are checked: as the clients come that are led to it. */
export interface Check extends Pick<Approach, 'protocol' | 'tls' | 'verify'> {
  /** As for a client whose TLS has ended at the proxy; else the client's own TLS goes to the backend. */
  readonly terminated: boolean;
}

/** The check for clients of a listener's kind. */
export function checkFor(
  backend: BackendOptions,
  protocol: Protocol,
  mode: ListenerOptions['mode'],
  listenerTls: ListenerOptions['tls'],
): Check {
  if (mode === 'terminated') return { protocol, tls: backend.tls, verify: backend.verify, terminated: true };
  // The certificate is shown to the clients, and theirs to judge.
  return { protocol, tls: listenerTls, verify: ANY_CERTIFICATE, terminated: false };
}

const ANY_CERTIFICATE = { ca: null, serverName: null, insecure: true };

/**
 * The checks of all backends whose protocol is known before a client comes. A backend says nothing of it: the listeners do that are routed to it, by name, or, where none
 * is, by a pattern that could make its name. One that listeners of several protocols could reach so has no entry: its first client decides.
 */
export function checksOf({
  listeners,
  backends,
}: Pick<ProxyOptions, 'listeners' | 'backends'>): ReadonlyMap<string, Check> {
  const checks = new Map<string, Check>();
  const routes = listeners.map((listener) => ({ listener, named: namedBackends(listener.route) }));
  for (const backend of backends.values()) {
    const named = routes.filter((route) => route.named.has(backend.name)).map(({ listener }) => listener);
    const reaching = named.length > 0 ? named : listeners.filter(({ route }) => couldLeadTo(route, backend.name));
    const chosen = reaching.find(({ mode }) => mode === 'terminated') ?? reaching[0];
    if (chosen === undefined || (named.length === 0 && new Set(reaching.map(dialect)).size > 1)) continue;
    checks.set(backend.name, checkFor(backend, chosen.protocol, chosen.mode, chosen.tls));
  }
  return checks;
}

/** What is spoken, port aside. */
function dialect({ protocol }: ListenerOptions): Protocol {
  return protocol === 'smtp' ? 'submission' : protocol;
}
