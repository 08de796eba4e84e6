import { SensorError } from '../../errors.js';
import { couldLeadTo, parseRouteTable, type RouteOptions, UserPattern, type UserRule } from '../../proxy/index.js';
import type { Draft } from '../draft.js';
import { MAX_TABLE_BYTES } from '../limits.js';
import { nearMiss } from '../near-miss.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';
import type { ListenerEntry, UserRuleEntry } from '../schema/index.js';
import { quoted } from '../shown.js';
import { attempt, type Files } from './files.js';

/** Where a listener's clients go. null where something is wrong with that, which is told. */
export function routeOf(
  { backend, route }: ListenerEntry,
  path: KeyPath,
  { backends }: Draft,
  files: Files,
  report: Report,
): RouteOptions | null {
  /** The name of a declared backend, or null. */
  const declared = (name: string, at: KeyPath): string | null => {
    if (backends.has(name)) return name;
    const meant = nearMiss(name, [...backends.keys()]);
    report.error(at, `no backend has the name ${quoted(name)}${meant === null ? '' : `; is ${meant} meant?`}`);
    return null;
  };
  /** null: none, or none that is declared. */
  const otherwise = (name: string | undefined) =>
    name === undefined ? null : declared(name, [...path, 'route', 'otherwise']);

  if (route === undefined) {
    if (backend !== undefined) {
      const name = declared(backend, [...path, 'backend']);
      return name === null ? null : { by: 'static', backend: name };
    }
    const only = backends.size === 1 ? [...backends.keys()][0]! : null;
    if (only !== null) return { by: 'static', backend: only };
    report.error(path, 'needs a backend or a route: there is more than one backend, or none');
    return null;
  }
  if (backend !== undefined)
    report.error([...path, 'backend'], 'a backend for all and a route exclude each other', 'key');

  if (route.by === 'sni') {
    const names = new Map<string, string>();
    let complete = true;
    for (const [host, name] of Object.entries(route.names)) {
      const at = [...path, 'route', 'names', host];
      complete = declared(name, at) !== null && complete;
      const plain = host.toLowerCase();
      if (names.has(plain)) report.error(at, 'this host name was given before', 'key');
      names.set(plain, name);
    }
    const result = { by: 'sni', names, otherwise: otherwise(route.otherwise) } as const;
    return complete ? result : null;
  }
  const rules = route.rules.map((rule, i) =>
    ruleOf(rule, [...path, 'route', 'rules', i], { declared, backends, files, report }),
  );
  const known = rules.filter((rule) => rule !== null);
  const result = { by: 'user', rules: known, otherwise: otherwise(route.otherwise) } as const;
  return known.length === rules.length ? result : null;
}

interface Help {
  readonly declared: (name: string, at: KeyPath) => string | null;
  readonly backends: Draft['backends'];
  readonly files: Files;
  readonly report: Report;
}

const KINDS = ['user', 'domain', 'pattern', 'table'] as const;

function ruleOf(entry: UserRuleEntry, path: KeyPath, { declared, backends, files, report }: Help): UserRule | null {
  const kinds = KINDS.filter((kind) => entry[kind] !== undefined);
  const { user, domain, pattern, table, backend } = entry;
  if (kinds.length !== 1) {
    report.error(
      path,
      `a rule has one of user, domain, pattern and table, not ${kinds.length === 0 ? 'none' : kinds.join(' and ')}`,
    );
    return null;
  }
  if (table !== undefined) {
    if (backend !== undefined)
      report.error([...path, 'backend'], 'each line of a table has a backend of its own', 'key');
    return tableOf(table, [...path, 'table'], backends, files, report);
  }
  if (backend === undefined) {
    report.error(path, 'is missing its backend');
    return null;
  }
  const at = [...path, 'backend'];
  if (pattern === undefined) {
    if (declared(backend, at) === null) return null;
    if (user !== undefined) return { match: 'exact', user: user.toLowerCase(), backend };
    return { match: 'domain', domain: domain!.toLowerCase(), backend };
  }
  const compiled = attempt(() => new UserPattern(pattern, backend));
  if (compiled instanceof SensorError) {
    report.error([...path, compiled.field === 'backend' ? 'backend' : 'pattern'], compiled.message);
    return null;
  }
  if (!/\$[1-9]/.test(backend)) return declared(backend, at) === null ? null : { match: 'pattern', pattern, backend };
  const rule = { match: 'pattern', pattern, backend } as const;
  const alone = { by: 'user', rules: [rule], otherwise: null } as const;
  if (![...backends.keys()].some((name) => couldLeadTo(alone, name))) {
    report.warning(at, 'no backend has a name that this could become');
  }
  return rule;
}

function tableOf(
  table: string,
  path: KeyPath,
  backends: Draft['backends'],
  files: Files,
  report: Report,
): UserRule | null {
  const file = files.resolve(table);
  const entries = files.once(`table ${file}`, path, report, () => {
    const parsed = parseRouteTable(files.readFile(file, MAX_TABLE_BYTES).text, backends);
    if (parsed instanceof SensorError) {
      throw new SensorError(parsed.code, parsed.field, parsed.offset, `${file}: ${parsed.message}`);
    }
    return parsed;
  });
  return entries === null ? null : { match: 'table', backends: entries };
}
