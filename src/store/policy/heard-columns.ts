import type { HeardLogin } from '../../model/index.js';
import { networkOf } from '../address.js';
import {
  clientIdOf,
  effectOf,
  evidenceOf,
  numberAt,
  numberOrNullAt,
  outcomeOf,
  selected,
  sourceOf,
  textAt,
  textOrNullAt,
  userKeyOrNullAt,
} from './cells.js';
import { timeOf } from './heard-id.js';
import type { ToldViewsById } from './told-views.js';

/** Columns of `heard`, in the order in which rows are written and read. */
const NAMES = [
  'id',
  'session',
  'user_key',
  'remote_ip',
  'protocol',
  'port',
  'sni',
  'mechanism',
  'tls',
  'tls_version',
  'client_id',
  'fingerprint_id',
  'device',
  'outcome',
  'effect',
  'ignored',
  'source',
  'rule',
  'evidence',
  'cut',
];

export const HEARD_COLUMNS: string = NAMES.join(', ');

/** What {@link heardOf} reads, as an array: an object with as many members would take twice the time. */
export const HEARD_SELECTED: string = selected(NAMES);

/** @throws an error that `guarded` knows, where a column is not what was written */
export function heardOf(cells: readonly unknown[], views: ToldViewsById): HeardLogin {
  const [id, session, user, remote, protocol, port, sni, mechanism, tls, tlsVersion, ...rest] = cells;
  const [clientId, fingerprint, device, outcome, effect, ignored, source, rule, evidence, cut] = rest;
  return {
    time: timeOf(numberAt(id)),
    session: textOrNullAt(session),
    userKey: userKeyOrNullAt(user),
    remote: remoteOf(textOrNullAt(remote), numberAt(cut)),
    protocol: textOrNullAt(protocol),
    port: numberOrNullAt(port),
    sni: textOrNullAt(sni),
    mechanism: textOrNullAt(mechanism),
    tls: numberAt(tls) === 1,
    tlsVersion: textOrNullAt(tlsVersion),
    clientId: clientIdOf(textOrNullAt(clientId)),
    views: views.of(numberOrNullAt(fingerprint)),
    device: textOrNullAt(device),
    outcome: outcomeOf(textOrNullAt(outcome)),
    effect: effectOf(textAt(effect)),
    ignored: ignored === null ? null : effectOf(textAt(ignored)),
    source: sourceOf(textAt(source)),
    rule: textOrNullAt(rule),
    evidence: evidenceOf(textOrNullAt(evidence)),
  };
}

/** What could not be cut to a network is empty, and tells nothing. */
function remoteOf(ip: string | null, cut: number): string | null {
  if (ip === null || cut === 0) return ip;
  return networkOf(ip) || null;
}
