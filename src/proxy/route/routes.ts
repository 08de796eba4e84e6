import type { Services } from '../accepted.js';
import type { ListenerOptions, ProxyOptions } from '../options.js';
import { Router } from './router.js';

/**
 * The routes of all listeners, made once: patterns are compiled here.
 *
 * @throws SensorError as {@link Router}
 */
export function createRoutes(options: Pick<ProxyOptions, 'listeners' | 'backends'>): Services['route'] {
  const routers = new Map<ListenerOptions, Router>(
    options.listeners.map((listener) => [listener, new Router(listener.route, options.backends)]),
  );
  return (listener, client) => routers.get(listener)?.route(client) ?? null;
}
