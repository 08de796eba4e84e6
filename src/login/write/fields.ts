import type {
  FingerprintValue,
  KnownValue,
  OpenSslGeneration,
  ProxiedLogin,
  Timestamp,
  Verdict,
} from '../../model/index.js';
import { cleanLogin } from './clean.js';
import { clientName } from './client-name.js';
import { MAX_FINGERPRINT_STRING } from './limits.js';

/** The text of `msg`, by which a line is known to be one of a login. */
export const LOGIN_MESSAGE = 'login';

/** What a login line holds besides level and msg: docs/login-lines.md. Every key is there in every line but those of the other OpenSSL. */
export type LoginFields = Readonly<Record<string, string | number | boolean | null | readonly unknown[]>>;

/** @param openssl whose ssl_ja3 is called so; the other generation's is written too where it differs */
export function loginFields(login: ProxiedLogin, openssl: OpenSslGeneration): LoginFields {
  const clean = cleanLogin(login);
  const { remote, local, recognition } = clean;
  return {
    time: timeText(clean.time),
    session: clean.session,
    listener: clean.listener,
    protocol: clean.protocol,
    mode: clean.mode,
    outcome: clean.outcome,
    user: clean.user,
    mechanism: clean.mechanism,
    attempt: clean.attempt,
    reason: clean.reason,
    reason_code: clean.reasonCode,
    src_ip: remote.ip,
    src_port: remote.port,
    dst_ip: local.ip,
    dst_port: local.port,
    tls: clean.tls,
    starttls: clean.starttls,
    tls_version: clean.tlsVersion,
    cipher: clean.cipher,
    sni: clean.sni,
    alpn: clean.alpn,
    ...fingerprintFields(clean, openssl),
    client: clientName(recognition),
    client_rung: recognition?.rung ?? null,
    client_score: rounded(recognition?.score),
    client_confidence: rounded(recognition?.confidence),
    client_family: recognition?.family ?? null,
    client_id: clean.clientId,
    ...verdictFields(clean.verdict),
    backend: clean.backend,
    duration_ms: Math.round(clean.duration),
  };
}

function verdictFields(verdict: Verdict | undefined): LoginFields {
  return {
    verdict: verdict?.action ?? null,
    verdict_seconds: verdict?.action === 'tarpit' ? verdict.seconds : null,
    verdict_rule: verdict?.rule ?? null,
    verdict_source: verdict?.source ?? null,
    verdict_ignored: verdict?.ignored?.action ?? null,
  };
}

function fingerprintFields({ fingerprint, sslJa3, ja3, ja4 }: ProxiedLogin, openssl: OpenSslGeneration): LoginFields {
  if (fingerprint === null) {
    return {
      openssl,
      ...value('ssl_ja3', sslJa3),
      ...value('ja3', ja3),
      ja3n_hash: null,
      ja4,
      ja4_r: null,
    };
  }
  const other = openssl === '3.0' ? '3.5' : '3.0';
  const [own, others] = [fingerprint.sslJa3[openssl], fingerprint.sslJa3[other]];
  return {
    openssl,
    ...value('ssl_ja3', own),
    ...(others.string === own.string ? {} : value(other === '3.0' ? 'ssl_ja3_30' : 'ssl_ja3_35', others)),
    ...value('ja3', fingerprint.ja3),
    ja3n_hash: fingerprint.ja3n.hash,
    ja4: fingerprint.ja4?.hash ?? null,
    ja4_r: bounded(fingerprint.ja4),
  };
}

const value = (name: string, known: KnownValue | null): LoginFields => ({
  [`${name}_hash`]: known?.hash ?? null,
  [name]: bounded(known),
});

const bounded = (known: KnownValue | FingerprintValue | null): string | null =>
  known === null || known.string === null || known.string.length > MAX_FINGERPRINT_STRING ? null : known.string;

const rounded = (number: number | null | undefined): number | null =>
  number == null ? null : Math.round(number * 1e4) / 1e4;

/** RFC 3339, UTC, with milliseconds; more digits where there are more, since a login is known again by its microsecond. */
export function timeText({ seconds, nanoseconds }: Timestamp): string {
  const digits = nanoseconds % 1_000_000 === 0 ? 3 : nanoseconds % 1_000 === 0 ? 6 : 9;
  const fraction = String(nanoseconds).padStart(9, '0').slice(0, digits);
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}.${fraction}Z`;
}
