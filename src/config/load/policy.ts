import { SensorError } from '../../errors.js';
import type { OpenSslGeneration } from '../../model/index.js';
import { PolicyClient, type PolicyClientOptions } from '../../policy/index.js';
import type { Draft } from '../draft.js';
import { type PolicyRules, readPolicyRules } from '../policy-file/read.js';
import { ConfigurationError } from '../problems.js';
import type { Report } from '../report.js';
import type { PolicyEntry } from '../schema/index.js';
import { authoritiesOf } from './certificates.js';
import { attempt, type Files } from './files.js';

/** Who decides about logins: at most one of the two. */
export interface PolicySettings {
  /** null: no server is asked. */
  readonly policy: PolicyClientOptions | null;
  /** null: no rules decide in this process. */
  readonly policyRules: PolicyRules | null;
}

/** What cannot be used is null, and told. */
export function policyOf({ root }: Draft, files: Files, report: Report): PolicySettings {
  const entry = root.policy;
  if (entry === undefined) return { policy: null, policyRules: null };
  if (entry.rules !== undefined) return { policy: null, policyRules: rulesOf(entry.rules, root, files, report) };
  return { policy: clientOf(entry, root.openssl ?? '3.0', files, report), policyRules: null };
}

function rulesOf(path: string, root: Draft['root'], files: Files, report: Report): PolicyRules | null {
  for (const key of Object.keys(root.policy!)) {
    if (key === 'rules' || !report.has(['policy', key])) continue;
    report.error(
      ['policy', key],
      'is for a policy server, and rules decide in this process: only one of the two',
      'key',
    );
  }
  if ((root.workers ?? 1) > 1) {
    report.error(['workers'], 'policy.rules needs one: each process would have a history of its own');
  }
  const database = root.database !== undefined || report.has(['database']);
  const options = { readFile: files.readFile, database, names: root.names ?? true };
  const outcome = attempt(() => readPolicyRules(files.resolve(path), options));
  if (outcome instanceof ConfigurationError) report.adopt(outcome.problems);
  if (outcome instanceof SensorError) return null;
  report.adopt(outcome.warnings);
  return outcome;
}

function clientOf(
  entry: PolicyEntry,
  openssl: OpenSslGeneration,
  files: Files,
  report: Report,
): PolicyClientOptions | null {
  const { server, nonce } = entry;
  if (server === undefined || nonce === undefined) {
    if (server === undefined) report.error(['policy'], 'needs server, or rules', 'key');
    else report.error(['policy'], 'is missing its nonce', 'key');
    return null;
  }
  const options: PolicyClientOptions = {
    url: server,
    nonce,
    apiHeader: entry.api_header ?? null,
    ca: authoritiesOf(entry.ca, ['policy', 'ca'], files, report),
    serverName: entry.server_name ?? null,
    attributes: Object.fromEntries(
      Object.entries(entry.attributes).map(([name, template]) => [name, template === '' ? null : template]),
    ),
    hashMechanism: entry.hash_mechanism,
    hashTruncate: entry.hash_truncate,
    lowercaseUser: entry.lowercase_user,
    rejectOnFail: entry.reject_on_fail,
    logOnly: entry.log_only,
    checkBeforeAuth: entry.check_before_auth,
    checkAfterAuth: entry.check_after_auth,
    reportAfterAuth: entry.report_after_auth,
    timeout: entry.timeout,
    maxTarpit: Math.floor(entry.max_tarpit / 1000),
    openssl,
  };
  // It reads its templates and its URL when it is made, and asks nobody before a login.
  const made = attempt(() => new PolicyClient(options, { notices: silent, clientName: () => null, now: () => 0 }));
  if (made instanceof SensorError) report.error(['policy'], `${made.field}: ${made.message}`);
  else void made.close();
  return options;
}

const silent = { info: () => {}, warn: () => {} };
