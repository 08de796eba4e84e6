import type { HeardLogin } from '../../model/index.js';
import { networkOf } from '../address.js';
import { type ColumnType, checkColumns } from '../column-types.js';
import { clientIdOf, effectOf, evidenceOf, keyText, outcomeOf, sourceOf } from './cells.js';
import { timeOf } from './heard-id.js';
import type { ToldViewsById } from './told-views.js';

/** Columns of `heard`, as the driver gives them. */
export interface HeardColumns {
  readonly id: number;
  readonly session: string | null;
  readonly user_key: Buffer | null;
  readonly remote_ip: string | null;
  readonly protocol: string | null;
  readonly port: number | null;
  readonly sni: string | null;
  readonly mechanism: string | null;
  readonly tls: number;
  readonly tls_version: string | null;
  readonly client_id: string | null;
  readonly fingerprint_id: number | null;
  readonly device: Buffer | string | null;
  readonly outcome: string | null;
  readonly effect: string;
  readonly ignored: string | null;
  readonly source: string;
  readonly rule: string | null;
  readonly evidence: string | null;
  readonly cut: number;
}

const TYPES: Readonly<Record<keyof HeardColumns, ColumnType>> = {
  id: 'number',
  session: 'text or null',
  user_key: 'bytes or null',
  remote_ip: 'text or null',
  protocol: 'text or null',
  port: 'number or null',
  sni: 'text or null',
  mechanism: 'text or null',
  tls: 'number',
  tls_version: 'text or null',
  client_id: 'text or null',
  fingerprint_id: 'number or null',
  device: 'bytes, text or null',
  outcome: 'text or null',
  effect: 'text',
  ignored: 'text or null',
  source: 'text',
  rule: 'text or null',
  evidence: 'text or null',
  cut: 'number',
};

export const HEARD_COLUMNS: string = Object.keys(TYPES).join(', ');

/** @throws an error that `guarded` knows, where a column is not what was written */
export function heardOf(row: HeardColumns, views: ToldViewsById): HeardLogin {
  checkColumns(row, TYPES);
  return {
    time: timeOf(row.id),
    session: row.session,
    userKey: row.user_key === null ? null : keyText(row.user_key),
    remote: remoteOf(row.remote_ip, row.cut),
    protocol: row.protocol,
    port: row.port,
    sni: row.sni,
    mechanism: row.mechanism,
    tls: row.tls === 1,
    tlsVersion: row.tls_version,
    clientId: clientIdOf(row.client_id),
    views: views.of(row.fingerprint_id),
    device: row.device === null ? null : keyText(row.device),
    outcome: outcomeOf(row.outcome),
    effect: effectOf(row.effect),
    ignored: row.ignored === null ? null : effectOf(row.ignored),
    source: sourceOf(row.source),
    rule: row.rule,
    evidence: evidenceOf(row.evidence),
  };
}

/** What could not be cut to a network is empty, and tells nothing. */
export function remoteOf(ip: string | null, cut: number): string | null {
  if (ip === null || cut === 0) return ip;
  return networkOf(ip) || null;
}
