import type { ListenerDraft } from '../draft.js';
import type { Report } from '../report.js';
import type { ListenerEntry } from '../schema/index.js';
import { isLoopback } from '../texts.js';

/** Ports whose use is agreed (RFC 8314 section 3, RFC 5804 section 1.8): what clients expect there. */
const customary: ReadonlyMap<number, 'implicit' | 'starttls'> = new Map([
  [993, 'implicit'],
  [995, 'implicit'],
  [465, 'implicit'],
  [143, 'starttls'],
  [110, 'starttls'],
  [587, 'starttls'],
  [25, 'starttls'],
  [4190, 'starttls'],
]);

/** What a listener says of itself must make sense. */
export function checkListener({ path, entry, route }: ListenerDraft, report: Report): void {
  checkWhere(entry, path, report);
  if (entry.mode === 'passed_through') checkPassedThrough(entry, path, report);
  else checkTerminated(entry, path, report);

  if (route !== null && route.by === 'sni' && entry.tls === 'none') {
    report.error([...path, 'route', 'by'], 'without TLS there is no server name to go by');
  }
  if (entry.protocol === 'smtp' && entry.mode === 'terminated') {
    report.warning(
      [...path, 'protocol'],
      'where mail has begun without a login, what follows is between the client and the backend, an AUTH included: it is neither logged nor counted. Clients that send mail of users belong to submission',
    );
  }
  for (const key of ['trusted_networks', 'proxy_protocol'] as const) {
    const networks = key === 'trusted_networks' ? entry.trusted_networks : (entry.proxy_protocol?.from ?? []);
    if (networks.some((network) => /\/0+$/.test(network))) {
      report.warning([...path, key], 'believes everybody: any client may say that it comes from another address');
    }
  }
}

function checkWhere(entry: ListenerEntry, path: ListenerDraft['path'], report: Report): void {
  const { listen, systemd, tls } = entry;
  if (listen === undefined && systemd === undefined) report.error(path, 'needs listen or systemd');
  if (listen !== undefined && systemd !== undefined) {
    report.error([...path, 'systemd'], 'listen and systemd exclude each other', 'key');
  }
  for (const { port } of listen ?? []) {
    const expected = customary.get(port);
    if (expected !== undefined && tls !== 'none' && tls !== expected) {
      report.warning([...path, 'tls'], `clients expect ${expected} TLS on port ${port}`);
    }
  }
}

function checkPassedThrough(entry: ListenerEntry, path: ListenerDraft['path'], report: Report): void {
  const { tls, certificates, route } = entry;
  if (tls === 'none') report.error([...path, 'mode'], 'without TLS there is none to pass through');
  if (route?.by === 'user') {
    report.error([...path, 'route', 'by'], 'the user is not seen where TLS is passed through; sni is');
  }
  if (certificates !== undefined) {
    report.warning(
      [...path, 'certificates'],
      'not used: TLS is passed through to the backend, which has its own',
      'key',
    );
  }
  for (const key of ['mechanisms', 'cleartext', 'apop', 'tls_settings'] as const) {
    if (!report.has([...path, key])) continue;
    report.warning([...path, key], "has no effect where TLS is passed through: logins are the backend's", 'key');
  }
}

function checkTerminated(entry: ListenerEntry, path: ListenerDraft['path'], report: Report): void {
  const { protocol, tls, cleartext, apop, mechanisms, listen, route } = entry;
  if (tls === 'none') {
    for (const key of ['certificates', 'tls_settings'] as const) {
      if (report.has([...path, key])) report.warning([...path, key], 'not used: this listener has no TLS', 'key');
    }
    if (!cleartext && entry.proxy_protocol === undefined) {
      report.error(
        [...path, 'tls'],
        'nobody could log in: needs TLS, cleartext: true, or PROXY headers that tell of TLS',
      );
    }
  }
  if (cleartext && tls === 'implicit') {
    report.warning([...path, 'cleartext'], 'has no effect: everything is inside TLS here', 'key');
  }
  // What systemd listens on is not known here.
  if (cleartext && tls !== 'implicit' && !(listen ?? []).every(({ host }) => isLoopback(host))) {
    report.warning(
      [...path, 'cleartext'],
      'passwords may cross the network in clear: this address is reached from other machines',
    );
  }
  if (apop && protocol !== 'pop3') report.error([...path, 'apop'], 'only POP3 has APOP');
  if (route !== undefined) {
    const why = 'needs one backend for all: its challenge is made by the backend before the user is known';
    if (apop) report.error([...path, 'apop'], `APOP ${why}`);
    const at = mechanisms.indexOf('CRAM-MD5');
    if (at >= 0) report.error([...path, 'mechanisms', at], `CRAM-MD5 ${why}`);
  }
}
