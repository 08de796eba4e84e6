import { loadCertificate } from '../../certs/index.js';
import { SensorError } from '../../errors.js';
import type { PolicyServerOptions, ServerSecrets } from '../../policy/index.js';
import { attempt, type Files } from '../load/files.js';
import { secretIn } from '../load/secret.js';
import type { Report } from '../report.js';
import type { SecretsEntry, TlsEntry } from './schema/index.js';
import { secretForms } from './secret-forms.js';

/** Certificate and key of the server. @returns null where there are none, or they cannot be used, which is told */
export function serverTlsOf(entry: TlsEntry | undefined, files: Files, report: Report): PolicyServerOptions['tls'] {
  if (entry === undefined) return null;
  const chain = files.resolve(entry.chain);
  const key = entry.key === undefined ? null : files.resolve(entry.key);
  const outcome = attempt(() => loadCertificate({ chain, key }, files));
  if (outcome instanceof SensorError) {
    const ofKey = key !== null && (outcome.field === 'key' || outcome.message.startsWith(`${key}: `));
    report.error(['tls', ofKey ? 'key' : 'chain'], outcome.message);
    return null;
  }
  for (const warning of outcome.warnings) report.warning(['tls'], warning);
  return { certificate: outcome.certificate.chain, key: outcome.certificate.key };
}

/** @param of `ask` or `manage` */
export function secretsOf(
  of: 'ask' | 'manage',
  entry: SecretsEntry | undefined,
  files: Files,
  report: Report,
): ServerSecrets {
  if (entry === undefined) return { password: null, apiKey: null };
  const read = (kind: keyof typeof secretForms): string | null => {
    const here = entry[kind];
    const file = entry[`${kind}_file`];
    const at = [of, `${kind}_file`];
    if (here !== undefined && file !== undefined) {
      report.error(at, `${kind} and ${kind}_file exclude each other`, 'key');
      return null;
    }
    if (file === undefined) return here ?? null;
    const secret = secretIn(file, at, files, report);
    const { pattern, words } = secretForms[kind];
    if (secret === null || pattern.test(secret)) return secret;
    report.error(at, `${files.resolve(file)}: expected ${words}`);
    return null;
  };
  if (Object.keys(entry).length === 0) report.error([of], 'needs a password or an api_key, here or in a file', 'key');
  return { password: read('password'), apiKey: read('api_key') };
}
