import { SensorError } from '../../errors.js';
import type { RouteKey } from '../accepted.js';
import type { BackendOptions, RouteOptions, UserRule } from '../options.js';
import { MAX_SERVER_NAME } from './limits.js';
import { templateFits, UserPattern } from './pattern.js';

type Backends = ReadonlyMap<string, BackendOptions>;
/** A user's name (in lower case) to a backend's; null: the rule does not fit. */
type Lookup = (user: string) => string | null;

/** A listener's route: which backend a client belongs to. Whatever a client says of itself only chooses among the declared backends. */
export class Router {
  readonly #backends: Backends;
  readonly #find: (key: RouteKey) => string | null;

  /** @throws SensorError `route_backend` for a backend that is not declared, `route_pattern` for a pattern that cannot be used */
  constructor(options: RouteOptions, backends: Backends) {
    this.#backends = backends;
    for (const name of namedBackends(options)) {
      if (!backends.has(name)) {
        throw new SensorError(
          'route_backend',
          'backend',
          0,
          `a route leads to ${JSON.stringify(name)}, and no backend has that name`,
        );
      }
    }
    this.#find = finder(options, backends);
  }

  /** @returns null where no rule fits, and there is no `otherwise` */
  route(key: RouteKey): BackendOptions | null {
    const name = this.#find(key);
    return name === null ? null : (this.#backends.get(name) ?? null);
  }
}

/** The backends a route names in so many words; those that patterns make from captures are not among them. */
export function namedBackends(options: RouteOptions): ReadonlySet<string> {
  if (options.by === 'static') return new Set([options.backend]);
  const named = new Set<string>(options.otherwise === null ? [] : [options.otherwise]);
  if (options.by === 'sni') {
    for (const backend of options.names.values()) named.add(backend);
    return named;
  }
  for (const rule of options.rules) {
    if (rule.match === 'table') for (const backend of rule.backends.values()) named.add(backend);
    else if (rule.match !== 'pattern' || !/\$[1-9]/.test(rule.backend)) named.add(rule.backend);
  }
  return named;
}

/** Can a client be led to this backend: by name, or by a pattern whose captures could make its name? */
export function couldLeadTo(options: RouteOptions, backend: string): boolean {
  if (namedBackends(options).has(backend)) return true;
  return (
    options.by === 'user' &&
    options.rules.some((rule) => rule.match === 'pattern' && templateFits(rule.backend, backend))
  );
}

function finder(options: RouteOptions, backends: Backends): (key: RouteKey) => string | null {
  if (options.by === 'static') return () => options.backend;
  const { otherwise } = options;
  if (options.by === 'sni') return ({ serverName }) => byServerName(options.names, serverName) ?? otherwise;
  const lookups = options.rules.map((rule) => lookup(rule, backends));
  return ({ user }) => {
    if (user === null) return otherwise;
    const name = user.toLowerCase();
    for (const find of lookups) {
      const backend = find(name);
      if (backend !== null) return backend;
    }
    return otherwise;
  };
}

/** The name itself, then the wildcards that cover it, the longest first. */
function byServerName(names: ReadonlyMap<string, string>, serverName: string | null): string | null {
  if (serverName === null || serverName.length > MAX_SERVER_NAME) return null;
  // RFC 6066 section 3: no trailing dot; some send one.
  const name = serverName.toLowerCase().replace(/\.$/, '');
  const exact = names.get(name);
  if (exact !== undefined) return exact;
  // A wildcard stands for one label or more, so there must be something before the dot.
  for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const backend = names.get(`*${name.slice(dot)}`);
    if (backend !== undefined) return backend;
  }
  return null;
}

function lookup(rule: UserRule, backends: Backends): Lookup {
  switch (rule.match) {
    case 'exact':
      return (user) => (user === rule.user ? rule.backend : null);
    case 'domain':
      return (user) => (domainOf(user) === rule.domain ? rule.backend : null);
    case 'table':
      return (user) => {
        const domain = domainOf(user);
        return rule.backends.get(user) ?? (domain === null ? null : (rule.backends.get(`@${domain}`) ?? null));
      };
    case 'pattern': {
      const pattern = new UserPattern(rule.pattern, rule.backend);
      return (user) => {
        const made = pattern.match(user);
        // What captures make of a client's words counts only where a backend has that very name.
        return made !== null && backends.has(made) ? made : null;
      };
    }
  }
}

/** What stands behind the last `@`; null without one. */
function domainOf(user: string): string | null {
  const at = user.lastIndexOf('@');
  return at < 0 ? null : user.slice(at + 1);
}
