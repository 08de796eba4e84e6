import { checkTlsSettings, type LoadedCertificate, loadAuthorities, loadCertificate } from '../../certs/index.js';
import { SensorError } from '../../errors.js';
import type { ServerCertificates } from '../../proxy/index.js';
import type { Draft } from '../draft.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';
import type { CertificateEntry, ListenerEntry, TlsSettingsEntry } from '../schema/index.js';
import { attempt, type Files } from './files.js';

/** The listener's certificates, or those at the top. null where it needs none, and where something is wrong with them, which is told. */
export function certificatesOf(
  listener: ListenerEntry,
  path: KeyPath,
  { root }: Draft,
  files: Files,
  report: Report,
): ServerCertificates | null {
  if (listener.mode !== 'terminated' || listener.tls === 'none') return null;
  const own = listener.certificates !== undefined;
  const entries = own ? listener.certificates : root.certificates;
  const place = own ? [...path, 'certificates'] : ['certificates'];
  if (entries === undefined) {
    // Where those at the top are wrong, that is told already.
    if (!report.has(['certificates'])) {
      report.error(path, 'has TLS that ends here, so certificates are needed, here or at the top');
    }
    return null;
  }
  const ownSettings = listener.tls_settings !== undefined;
  const settings = ownSettings ? listener.tls_settings : root.tls_settings;
  if (settings === undefined) return null;
  const settingsPath = [...(ownSettings ? path : []), 'tls_settings'];

  const loaded = entries.map((entry, i) => load(entry, [...place, i], files, report));
  const certificates = loaded.filter((each) => each !== null);
  if (!settingsFit(settings, settingsPath, certificates, place, report)) return null;
  if (certificates.length < loaded.length) return null;
  warnOfRepetition(certificates, place, report);
  return { entries: certificates, minVersion: settings.min_version, ciphers: settings.ciphers ?? null };
}

function load(entry: CertificateEntry, path: KeyPath, files: Files, report: Report): LoadedCertificate | null {
  const chain = files.resolve(entry.chain);
  const key = entry.key === undefined ? null : files.resolve(entry.key);
  const outcome = attempt(() => loadCertificate({ chain, key }, files));
  if (outcome instanceof SensorError) {
    const ofKey = key !== null && (outcome.field === 'key' || outcome.message.startsWith(`${key}: `));
    report.error([...path, ofKey ? 'key' : 'chain'], outcome.message);
    return null;
  }
  for (const warning of outcome.warnings) report.warning(path, warning);
  return outcome.certificate;
}

function settingsFit(
  settings: TlsSettingsEntry,
  path: KeyPath,
  certificates: readonly LoadedCertificate[],
  place: KeyPath,
  report: Report,
): boolean {
  const asked = { minVersion: settings.min_version, ciphers: settings.ciphers ?? null };
  const alone = attempt(() => checkTlsSettings(asked, null));
  if (alone instanceof SensorError) {
    report.error([...path, 'ciphers'], alone.message);
    return false;
  }
  let fit = true;
  for (const [i, certificate] of certificates.entries()) {
    const outcome = attempt(() => checkTlsSettings(asked, certificate));
    if (!(outcome instanceof SensorError)) continue;
    report.error([...place, i], outcome.message);
    fit = false;
  }
  return fit;
}

function warnOfRepetition(certificates: readonly LoadedCertificate[], place: KeyPath, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { names }] of certificates.entries()) {
    for (const name of names) {
      if (seen.has(name))
        report.warning([...place, i], `${name} has a certificate before this one, which is the one used`);
    }
    for (const name of names) seen.add(name);
  }
}

/** PEM of the authorities that a backend's certificate must come from; null: Node's, or they cannot be read, which is told. */
export function authoritiesOf(ca: string | undefined, path: KeyPath, files: Files, report: Report): string | null {
  if (ca === undefined) return null;
  const file = files.resolve(ca);
  const loaded = files.once(`authorities ${file}`, path, report, () => loadAuthorities(file, files));
  for (const warning of loaded?.warnings ?? []) report.warning(path, warning);
  return loaded?.pem ?? null;
}
