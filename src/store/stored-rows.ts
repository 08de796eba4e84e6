import type { Endpoint } from '../endpoint.js';
import type { KnownValue, LoginOutcome, Transport } from '../model/index.js';
import { networkOf } from './address.js';
import { type ColumnType, checkColumns, parseList, parsePairs } from './column-types.js';
import type { StoredFingerprint, StoredLogin, StoredObservation } from './surface/index.js';
import { timestampOf } from './time.js';

/** Rows as the driver gives them: columns of db/migrations. The functions below throw what `guarded` knows where a column has another type. */
export interface FingerprintColumns {
  readonly id: number;
  readonly whole: number;
  readonly whole_id: number | null;
  readonly ja3: string | null;
  readonly ja3_hash: string | null;
  readonly ja3n_hash: string | null;
  readonly ssl_ja3_30: string | null;
  readonly ssl_ja3_30_hash: string | null;
  readonly ssl_ja3_35: string | null;
  readonly ssl_ja3_35_hash: string | null;
  readonly ssl_ja3: string | null;
  readonly ssl_ja3_hash: string | null;
  readonly ja4: string | null;
  readonly ja4_r: string | null;
}

export interface ObservationColumns {
  readonly id: number;
  readonly time_s: number;
  readonly time_ns: number;
  readonly transport: Transport;
  readonly src_ip: string;
  readonly src_port: number;
  readonly dst_ip: string;
  readonly dst_port: number;
  readonly proxied_ip: string | null;
  readonly proxied_port: number | null;
  readonly starttls: string | null;
  readonly sni: string | null;
  readonly alpn: string | null;
  readonly tls_version: string | null;
  readonly retry: number;
  readonly fingerprint_id: number;
  readonly cut: number;
  readonly recorded_at: number;
}

export interface LoginColumns {
  readonly id: number;
  readonly time_s: number;
  readonly time_ns: number;
  readonly session: string | null;
  readonly protocol: string;
  readonly user_key: Buffer | null;
  readonly user_name: string | null;
  readonly remote_ip: string | null;
  readonly remote_port: number | null;
  readonly local_ip: string | null;
  readonly local_port: number | null;
  readonly mechanism: string | null;
  readonly outcome: LoginOutcome;
  readonly reason: string | null;
  readonly tls: number;
  readonly fingerprint_id: number | null;
  readonly listener: string | null;
  readonly sni: string | null;
  readonly tls_version: string | null;
  readonly backend: string | null;
  readonly reason_code: string | null;
  readonly client_id: string | null;
  readonly cut: number;
  readonly recorded_at: number;
}

const FINGERPRINT: Readonly<Record<keyof FingerprintColumns, ColumnType>> = {
  id: 'number',
  whole: 'number',
  whole_id: 'number or null',
  ja3: 'text or null',
  ja3_hash: 'text or null',
  ja3n_hash: 'text or null',
  ssl_ja3_30: 'text or null',
  ssl_ja3_30_hash: 'text or null',
  ssl_ja3_35: 'text or null',
  ssl_ja3_35_hash: 'text or null',
  ssl_ja3: 'text or null',
  ssl_ja3_hash: 'text or null',
  ja4: 'text or null',
  ja4_r: 'text or null',
};

const OBSERVATION: Readonly<Record<keyof ObservationColumns, ColumnType>> = {
  id: 'number',
  time_s: 'number',
  time_ns: 'number',
  transport: 'text',
  src_ip: 'text',
  src_port: 'number',
  dst_ip: 'text',
  dst_port: 'number',
  proxied_ip: 'text or null',
  proxied_port: 'number or null',
  starttls: 'text or null',
  sni: 'text or null',
  alpn: 'text or null',
  tls_version: 'text or null',
  retry: 'number',
  fingerprint_id: 'number',
  cut: 'number',
  recorded_at: 'number',
};

const LOGIN: Readonly<Record<keyof LoginColumns, ColumnType>> = {
  id: 'number',
  time_s: 'number',
  time_ns: 'number',
  session: 'text or null',
  protocol: 'text',
  user_key: 'bytes or null',
  user_name: 'text or null',
  remote_ip: 'text or null',
  remote_port: 'number or null',
  local_ip: 'text or null',
  local_port: 'number or null',
  mechanism: 'text or null',
  outcome: 'text',
  reason: 'text or null',
  tls: 'number',
  fingerprint_id: 'number or null',
  listener: 'text or null',
  sni: 'text or null',
  tls_version: 'text or null',
  backend: 'text or null',
  reason_code: 'text or null',
  client_id: 'text or null',
  cut: 'number',
  recorded_at: 'number',
};

export function fingerprintOf(row: FingerprintColumns): StoredFingerprint {
  checkColumns(row, FINGERPRINT);
  return {
    id: row.id,
    views: {
      ja3: value(row.ja3, row.ja3_hash),
      ja3n: value(null, row.ja3n_hash),
      sslJa3: { '3.0': value(row.ssl_ja3_30, row.ssl_ja3_30_hash), '3.5': value(row.ssl_ja3_35, row.ssl_ja3_35_hash) },
      sslJa3Logged: value(row.ssl_ja3, row.ssl_ja3_hash),
      ja4: value(row.ja4_r, row.ja4),
    },
    whole: row.whole === 1,
    wholeId: row.whole_id,
  };
}

export function observationOf(row: ObservationColumns): StoredObservation {
  checkColumns(row, OBSERVATION);
  return {
    id: row.id,
    time: timestampOf(row.time_s, row.time_ns),
    transport: row.transport,
    src: client(row.src_ip, row.src_port, row.cut),
    dst: { ip: row.dst_ip, port: row.dst_port },
    proxiedSrc: row.proxied_ip === null ? null : client(row.proxied_ip, row.proxied_port ?? 0, row.cut),
    starttls: row.starttls,
    sni: row.sni,
    alpn: row.alpn === null ? null : parseList(row.alpn),
    tlsVersion: row.tls_version,
    retry: row.retry === 1,
    fingerprintId: row.fingerprint_id,
    recordedAt: row.recorded_at,
  };
}

export function loginOf(row: LoginColumns): StoredLogin {
  checkColumns(row, LOGIN);
  return {
    id: row.id,
    time: timestampOf(row.time_s, row.time_ns),
    session: row.session,
    protocol: row.protocol,
    user: row.user_name,
    userHash: row.user_key === null ? null : row.user_key.toString('hex'),
    remote: row.remote_ip === null ? null : client(row.remote_ip, row.remote_port ?? 0, row.cut),
    local: row.local_ip === null ? null : { ip: row.local_ip, port: row.local_port ?? 0 },
    mechanism: row.mechanism,
    outcome: row.outcome,
    reason: row.reason,
    tls: row.tls === 1,
    fingerprintId: row.fingerprint_id,
    listener: row.listener,
    sni: row.sni,
    tlsVersion: row.tls_version,
    backend: row.backend,
    reasonCode: row.reason_code,
    clientId: row.client_id === null ? null : parsePairs(row.client_id),
    recordedAt: row.recorded_at,
  };
}

function value(string: string | null, hash: string | null): KnownValue | null {
  return hash === null ? null : { string, hash };
}

function client(ip: string, port: number, cut: number): Endpoint {
  return { ip: cut === 0 ? ip : networkOf(ip), port };
}
