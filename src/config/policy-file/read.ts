import { type ReadFile, readTextFile } from '../../certs/index.js';
import type { DecisionOptions, PolicyServerOptions } from '../../policy/index.js';
import { Files } from '../load/files.js';
import { openConfiguration } from '../open.js';
import type { Problem } from '../problems.js';
import type { Report } from '../report.js';
import { rulesOf } from './build-rules.js';
import { checkPolicyMachine } from './check/machine.js';
import { checkRules } from './check/rules.js';
import { checkServer } from './check/server.js';
import { checkWhole } from './check/whole.js';
import { type PolicyDraft, readPolicyShape } from './draft.js';
import { secretsOf, serverTlsOf } from './load.js';
import type { PolicyFileEntry } from './schema/index.js';

/** What the command needs beside deciding and serving. */
export interface PolicyRuntime {
  /** Where verdicts go. */
  readonly log: { readonly to: 'stderr' | 'stdout' } | { readonly to: 'file'; readonly path: string };
  /** null: what is known ends with the process. */
  readonly database: string | null;
  /** Clients are named: from the database where there is one, else from the labels that come with the program. */
  readonly names: boolean;
  /** Names of whom to become once this was read, before ports are bound; null: stay. */
  readonly user: string | null;
  /** null: the user's own. */
  readonly group: string | null;
}

/** What of a policy file decides about logins. */
export interface PolicyRules {
  readonly decision: DecisionOptions;
  /** In the order of the file. */
  readonly warnings: readonly Problem[];
}

export interface PolicyConfiguration extends PolicyRules {
  readonly server: PolicyServerOptions;
  readonly runtime: PolicyRuntime;
}

export interface ReadPolicyOptions {
  /** For the file and all it names. Default: from the disk. */
  readonly readFile?: ReadFile;
  /** Milliseconds since 1970 that dates of certificates are held against. */
  readonly now?: number;
  /** Whether it is also held against this machine, as before a start: its accounts and folders. Default: no. */
  readonly machine?: boolean;
}

export interface ReadRulesOptions extends Pick<ReadPolicyOptions, 'readFile'> {
  /** Whether whoever goes by the rules keeps what is known. Default: yes. */
  readonly database?: boolean;
  /** Whether clients are named there. Default: yes. */
  readonly names?: boolean;
}

/**
 * Reads a policy file and everything it names: certificate, key, secrets.
 *
 * @param path of the YAML file; relative paths in it start from its folder
 * @throws ConfigurationError with all that is wrong, each with its line and column. Nothing in it is secret.
 */
export function readPolicyConfiguration(
  path: string,
  { readFile = readTextFile, now = Date.now(), machine = false }: ReadPolicyOptions = {},
): PolicyConfiguration {
  const { value, report, mode } = openConfiguration(path, readFile);
  const files = new Files(path, readFile, now);
  const draft = readPolicyShape(value, report);
  const { root } = draft;
  const database = root.database !== undefined || report.has(['database']);
  const decision = decisionOf(draft, { database, names: root.names ?? true }, report);
  const tls = serverTlsOf(root.tls, files, report);
  const ask = secretsOf('ask', root.ask, files, report);
  const manage = secretsOf('manage', root.manage, files, report);
  checkServer(draft, { ask, manage }, report);
  checkWhole(draft, mode, report);
  if (machine) checkPolicyMachine(draft, files, report);
  report.throwIfFailed();

  // Nothing failed, so the shape was whole.
  const entry = root as PolicyFileEntry;
  return {
    decision: decision(),
    server: {
      listen: entry.listen,
      tls,
      networks: entry.networks,
      ask,
      manage,
      rate: { perSecond: entry.rate.per_second, burst: entry.rate.burst },
    },
    runtime: runtimeOf(entry, files),
    warnings: report.problems,
  };
}

/**
 * Reads what of a policy file decides and where that is kept, and nothing of its server: for the proxy that decides itself, and for trying rules out.
 *
 * @throws ConfigurationError as {@link readPolicyConfiguration}
 */
export function readPolicyRules(
  path: string,
  { readFile = readTextFile, database = true, names = true }: ReadRulesOptions = {},
): PolicyRules & Pick<PolicyRuntime, 'database'> {
  const { value, report } = openConfiguration(path, readFile);
  const draft = readPolicyShape(value, report);
  const decision = decisionOf(draft, { database, names }, report);
  report.throwIfFailed();
  return {
    decision: decision(),
    database: databaseOf(draft.root as PolicyFileEntry, new Files(path, readFile, 0)),
    warnings: report.problems,
  };
}

/** @returns what gives the options, once it is known that nothing failed */
function decisionOf(
  draft: PolicyDraft,
  around: Required<Pick<ReadRulesOptions, 'database' | 'names'>>,
  report: Report,
): () => DecisionOptions {
  const { root } = draft;
  const placed = rulesOf(draft, report);
  // What is wrong itself bounds nothing.
  const usersPerCount = root.history?.users_per_count ?? Number.POSITIVE_INFINITY;
  const maxTarpit = root.max_tarpit ?? Number.POSITIVE_INFINITY;
  checkRules(placed, { ...around, usersPerCount, maxTarpit }, report);
  return () => {
    const { learning, max_tarpit, history } = root as PolicyFileEntry;
    return {
      rules: placed.map(({ rule }) => rule),
      learning,
      maxTarpit: max_tarpit,
      limits: {
        users: history.users,
        clientsPerUser: history.clients_per_user,
        networksPerUser: history.networks_per_user,
        devices: history.devices,
        keysPerCounter: history.keys_per_counter,
        usersPerCount: history.users_per_count,
        days: history.days,
      },
    };
  };
}

function runtimeOf(entry: PolicyFileEntry, files: Files): PolicyRuntime {
  const { log, names, user, group } = entry;
  return {
    log: log === 'stderr' || log === 'stdout' ? { to: log } : { to: 'file', path: files.resolve(log) },
    database: databaseOf(entry, files),
    names,
    user: user ?? null,
    group: group ?? null,
  };
}

function databaseOf({ database }: PolicyFileEntry, files: Files): string | null {
  return database === undefined ? null : files.resolve(database);
}
