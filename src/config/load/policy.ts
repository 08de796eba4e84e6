import { SensorError } from '../../errors.js';
import type { OpenSslGeneration } from '../../model/index.js';
import { PolicyClient, type PolicyClientOptions } from '../../policy/index.js';
import type { Report } from '../report.js';
import type { PolicyEntry } from '../schema/index.js';
import { authoritiesOf } from './certificates.js';
import { attempt, type Files } from './files.js';

/** @returns null where there is none, or it cannot be used, which is told */
export function policyOf(
  entry: PolicyEntry | undefined,
  openssl: OpenSslGeneration,
  files: Files,
  report: Report,
): PolicyClientOptions | null {
  if (entry === undefined) return null;
  const options: PolicyClientOptions = {
    url: entry.server,
    nonce: entry.nonce,
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
