import { type ReadFile, readTextFile } from '../certs/index.js';
import type { ProxyOptions } from '../proxy/index.js';
import { buildBackends, buildListeners, buildOptions, buildRuntime, type ProxyRuntime } from './build.js';
import { checkAddresses } from './check/addresses.js';
import { checkBackends } from './check/backends.js';
import { checkListener } from './check/listeners.js';
import { checkMachine } from './check/machine.js';
import { checkWhole } from './check/whole.js';
import type { Draft, ListenerDraft } from './draft.js';
import { certificatesOf } from './load/certificates.js';
import { Files } from './load/files.js';
import { loginLogOf } from './load/login-log.js';
import { policyOf } from './load/policy.js';
import { routeOf } from './load/routes.js';
import { openConfiguration } from './open.js';
import type { KeyPath, Problem } from './problems.js';
import type { Report } from './report.js';
import type { ProxyEntry } from './schema/index.js';
import { readShape } from './shape.js';
import type { SystemdSockets } from './systemd.js';

export interface ProxyConfiguration {
  readonly options: ProxyOptions;
  readonly runtime: ProxyRuntime;
  /** In the order of the file. */
  readonly warnings: readonly Problem[];
}

export interface ReadConfigurationOptions {
  /** For the file and all it names. Default: from the disk. */
  readonly readFile?: ReadFile;
  /** Sockets that systemd handed over. null (default): they are not looked for, and listeners that need them are left out: to check a file. */
  readonly fds?: SystemdSockets | null;
  /** Milliseconds since 1970 that dates of certificates are held against. */
  readonly now?: number;
  /** Whether it is also held against this machine, as before a start: its accounts and folders. Default: no. */
  readonly machine?: boolean;
}

/**
 * Reads a proxy's configuration and everything it names: certificates, keys, authorities, tables of users.
 *
 * @param path of the YAML file; relative paths in it start from its folder
 * @throws ConfigurationError with all that is wrong, each with its line and column. Nothing in it is secret.
 */
export function readProxyConfiguration(
  path: string,
  { readFile = readTextFile, fds = null, now = Date.now(), machine = false }: ReadConfigurationOptions = {},
): ProxyConfiguration {
  const { value, report } = openConfiguration(path, readFile);
  const files = new Files(path, readFile, now);
  const draft = readShape(value, report);
  const drafts = draftListeners(draft, files, report);
  const backends = buildBackends(draft, files, report);
  const listeners = buildListeners(drafts, fds, report);
  for (const listener of drafts) checkListener(listener, report);
  checkAddresses(draft, report);
  checkBackends(draft, drafts, report);
  checkWhole(draft, report);
  const loginLog = loginLogOf(draft.root.login_log, files, report);
  const policies = policyOf(draft, files, report);
  if (machine) checkMachine(draft, files, report);
  report.throwIfFailed();

  // Nothing failed, so the shape was whole.
  const root = draft.root as ProxyEntry;
  return {
    options: buildOptions(root, listeners, backends),
    runtime: buildRuntime(root, files, { loginLog, ...policies }),
    warnings: report.problems,
  };
}

function draftListeners(draft: Draft, files: Files, report: Report): readonly ListenerDraft[] {
  return draft.listeners.flatMap((entry, i) => {
    if (entry === null) return [];
    const path: KeyPath = ['listeners', i];
    const route = routeOf(entry, path, draft, files, report);
    return [{ path, entry, route, certificates: certificatesOf(entry, path, draft, files, report) }];
  });
}
