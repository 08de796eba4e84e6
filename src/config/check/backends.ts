import { couldLeadTo } from '../../proxy/index.js';
import type { Draft, ListenerDraft } from '../draft.js';
import type { Report } from '../report.js';
import type { BackendEntry } from '../schema/index.js';
import { isLoopback } from '../texts.js';

/** How a backend is reached. */
interface Use {
  readonly terminated: boolean;
  readonly passedThrough: boolean;
}

/** What a backend is told, what it is trusted with, and what crosses the network on the way. */
export function checkBackends({ backends }: Draft, listeners: readonly ListenerDraft[], report: Report): void {
  const uses = usesOf([...backends.keys()], listeners);
  // A listener whose route is wrong may lead anywhere.
  const complete = listeners.every(({ route }) => route !== null);
  for (const [name, backend] of backends) {
    if (backend === null) continue;
    const use = uses.get(name)!;
    if (complete && !use.terminated && !use.passedThrough) {
      report.warning(['backends', name], 'no listener leads to this backend', 'key');
    }
    checkLink(name, backend, use, report);
    if (use.passedThrough) checkPassedThrough(name, backend, use, report);
    if (use.terminated) checkTold(name, backend, submits(name, listeners), report);
  }
  checkSharedHosts(backends, uses, report);
}

function usesOf(names: readonly string[], listeners: readonly ListenerDraft[]): ReadonlyMap<string, Use> {
  const leads = (name: string, mode: ListenerDraft['entry']['mode']) =>
    listeners.some(({ entry, route }) => entry.mode === mode && route !== null && couldLeadTo(route, name));
  return new Map(
    names.map((name) => [
      name,
      { terminated: leads(name, 'terminated'), passedThrough: leads(name, 'passed_through') },
    ]),
  );
}

function checkLink(name: string, backend: BackendEntry, { terminated, passedThrough }: Use, report: Report): void {
  const path = ['backends', name];
  if (passedThrough && !terminated) {
    for (const key of ['tls', 'verify'] as const) {
      if (!report.has([...path, key])) continue;
      report.warning(
        [...path, key],
        "has no effect: TLS is passed through to this backend, and so the client's own",
        'key',
      );
    }
    return;
  }
  const { tls, verify, hosts } = backend;
  const far = hosts.findIndex(({ host }) => !isLoopback(host));
  if (terminated && tls === 'none' && far >= 0) {
    report.warning([...path, 'hosts', far], 'passwords cross the network in clear: the link to this host has no TLS');
  }
  if (tls === 'none' && report.has([...path, 'verify'])) {
    report.warning([...path, 'verify'], 'has no effect: the link has no TLS', 'key');
  } else if (verify.insecure) {
    const alsoCa = verify.ca === undefined ? '' : ', whatever ca says';
    report.warning(
      [...path, 'verify', 'insecure'],
      `whoever answers at that address gets the passwords: any certificate will do${alsoCa}`,
    );
  }
}

/** Mail is handed in to it. */
function submits(name: string, listeners: readonly ListenerDraft[]): boolean {
  return listeners.some(
    ({ entry, route }) =>
      (entry.protocol === 'submission' || entry.protocol === 'smtp') && route !== null && couldLeadTo(route, name),
  );
}

/** Two ways to tell who the client is, and what comes of both or neither. */
function checkTold(name: string, backend: BackendEntry, submission: boolean, report: Report): void {
  const told = backend.forward !== undefined;
  if (told && backend.proxy_protocol !== 'none') {
    report.warning(
      ['backends', name, 'forward'],
      "with a PROXY header Dovecot asks for trust by the client's address, and ignores what is forwarded: leave one of the two out",
      'key',
    );
  }
  if (submission && !told && backend.proxy_protocol === 'none') {
    report.warning(
      ['backends', name],
      "is told nothing of the client, so it sees this proxy's address. If that is in Postfix's smtpd_authorized_xclient_hosts, a client could say XCLIENT itself: use forward or proxy_protocol",
      'key',
    );
  }
}

/** Of what a client says inside its own TLS a passed-through backend must believe nothing. */
function checkPassedThrough(name: string, backend: BackendEntry, { terminated }: Use, report: Report): void {
  const path = ['backends', name];
  const forwards = backend.forward !== undefined;
  if (forwards && !terminated) {
    report.error([...path, 'forward'], 'nothing can be forwarded inside TLS that is passed through', 'key');
  } else if (forwards) {
    report.warning(
      [...path, 'forward'],
      'also reached by passed-through listeners: a backend that believes what is forwarded to it would believe it of their clients too, who could forge address and fingerprint',
      'key',
    );
  }
  if (backend.proxy_protocol === 'none') {
    report.warning(
      path,
      "reached by passed-through listeners without a PROXY header, so it sees the address of this proxy instead of the client's",
      'key',
    );
  }
  report.warning(
    path,
    'reached by passed-through listeners: it must trust this proxy by PROXY header only (Dovecot: haproxy_trusted_networks, never login_trusted_networks), or clients could forge address and JA3 inside their own TLS',
    'key',
  );
}

/** Two backends with one host are perhaps one server, which trusts by address and not by port. */
function checkSharedHosts(backends: Draft['backends'], uses: ReadonlyMap<string, Use>, report: Report): void {
  for (const [name, backend] of backends) {
    if (backend?.forward === undefined || uses.get(name)!.passedThrough) continue;
    for (const [other, { passedThrough }] of uses) {
      const theirs = backends.get(other)?.hosts ?? [];
      if (!passedThrough || !backend.hosts.some(({ host }) => theirs.some((each) => each.host === host))) continue;
      report.warning(
        ['backends', name, 'forward'],
        `backend ${other} has the same host and is reached by passed-through listeners: if both are one server, see that it believes only PROXY headers there`,
        'key',
      );
    }
  }
}
