import { Networks } from '../../../networks.js';
import type { ServerSecrets } from '../../../policy/index.js';
import type { KeyPath } from '../../problems.js';
import type { Report } from '../../report.js';
import { type HostPort, isLoopback } from '../../texts.js';
import type { PolicyDraft } from '../draft.js';

export interface Secrets {
  readonly ask: ServerSecrets;
  readonly manage: ServerSecrets;
}

/** Who may reach the server, and what they must send. */
export function checkServer({ root }: PolicyDraft, secrets: Secrets, report: Report): void {
  const { listen = [], networks = [], user } = root;
  checkAddresses(listen, report);
  if (user !== undefined && user !== 'root') checkPorts(listen, report);
  const far = listen.findIndex(({ host }) => !isLoopback(host));
  if (far >= 0) checkFar(placeOf(far, report), report);
  checkNetworks(listen, networks, report);
  for (const kind of ['password', 'apiKey'] as const) {
    const theirs = secrets.manage[kind];
    if (theirs === null || (theirs !== secrets.ask.password && theirs !== secrets.ask.apiKey)) continue;
    report.error(['manage'], 'has a secret of ask, so that every mail server could change lists and counts', 'key');
  }
}

/** A single address may stand without a list. */
const placeOf = (i: number, report: Report): KeyPath => (report.has(['listen', i]) ? ['listen', i] : ['listen']);

function checkAddresses(listen: readonly HostPort[], report: Report): void {
  for (const [i, { host, port }] of listen.entries()) {
    const before = listen.slice(0, i).some((other) => other.host === host && other.port === port);
    if (before && port !== 0) report.error(placeOf(i, report), 'was given before');
  }
}

/** Root's rights are given up before addresses are bound. A system may let everybody bind such ports. */
function checkPorts(listen: readonly HostPort[], report: Report): void {
  const low = listen.findIndex(({ port }) => port > 0 && port < LEAST_FREE_PORT);
  if (low >= 0) report.warning(placeOf(low, report), `ports below ${LEAST_FREE_PORT} are root's, and user is another`);
}

/** Linux: net.ipv4.ip_unprivileged_port_start, unless set otherwise. */
const LEAST_FREE_PORT = 1024;

/** What other machines reach must be hidden from those between, and open to those alone who know a secret. */
function checkFar(place: KeyPath, report: Report): void {
  if (!report.has(['tls'])) {
    report.error(place, 'is reached from other machines, so that names and addresses cross the network: needs tls');
  }
  if (!report.has(['ask'])) {
    report.error(place, 'is reached from other machines: needs a secret that mail servers must send (ask)');
  }
  if (!report.has(['manage'])) {
    report.warning(place, 'lists and counts can be changed from this machine alone: manage has no secret of its own');
  }
}

function checkNetworks(listen: readonly HostPort[], networks: readonly string[], report: Report): void {
  const near = listen.filter(({ host }) => isLoopback(host));
  const allowed = new Networks(networks);
  if (networks.every((network) => isLoopback(network.replace(/\/\d+$/, '')))) {
    const far = listen.findIndex(({ host }) => !isLoopback(host));
    if (far >= 0) report.warning(placeOf(far, report), 'nobody but this machine may ask here: see networks');
  } else if (networks.some((network) => /\/0+$/.test(network))) {
    report.warning(['networks'], 'everybody may try to find out the secret');
  }
  if (listen.length > 0 && near.length === listen.length && !near.some(({ host }) => allowed.has(host))) {
    report.warning(['networks'], 'nobody may ask: the server is reached from this machine alone, which is not in it');
  }
}
