import { formatEndpoint } from '../../endpoint.js';
import type { Draft } from '../draft.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';
import { canonicalHost, type HostPort, isLoopback, isUnspecified } from '../texts.js';

interface Bound {
  readonly path: KeyPath;
  readonly host: string;
  readonly port: number;
}

const family = (host: string) => (host.includes(':') ? 6 : 4);

/** Whether the system would refuse the second of two addresses. An IPv6 one never stands for IPv4 here. */
function collide(one: Bound, other: Bound): boolean {
  if (one.port !== other.port || family(one.host) !== family(other.host)) return false;
  return one.host === other.host || isUnspecified(one.host) || isUnspecified(other.host);
}

/** No address is bound twice, and no backend is the proxy itself. */
export function checkAddresses({ listeners, backends }: Draft, report: Report): void {
  const bound: Bound[] = [];
  for (const [i, listener] of listeners.entries()) {
    for (const [j, { host, port }] of (listener?.listen ?? []).entries()) {
      // Port 0 is any that is free.
      if (port === 0) continue;
      const next = { path: ['listeners', i, 'listen', j], host: canonicalHost(host), port };
      const before = bound.find((other) => collide(other, next));
      if (before !== undefined) {
        const taken = formatEndpoint({ ip: before.host, port });
        report.error(
          next.path,
          `${formatEndpoint({ ip: next.host, port })} is taken by ${taken} of listener ${Number(before.path[1]) + 1}`,
        );
      }
      bound.push(next);
    }
  }
  for (const [name, backend] of backends) {
    for (const [i, host] of (backend?.hosts ?? []).entries()) {
      if (bound.some((listener) => leadsBack(host, listener))) {
        report.error(['backends', name, 'hosts', i], 'is where this proxy itself listens');
      }
    }
  }
}

function leadsBack({ host, port }: HostPort, listener: Bound): boolean {
  if (port !== listener.port) return false;
  const plain = host === 'localhost' ? '127.0.0.1' : canonicalHost(host);
  if (plain === listener.host) return true;
  return isUnspecified(listener.host) && isLoopback(plain) && family(plain) === family(listener.host);
}
