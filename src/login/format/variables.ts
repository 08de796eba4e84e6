import type { FingerprintValue, KnownValue } from '../../model/index.js';
import { clientName } from '../write/client-name.js';
import { MAX_FINGERPRINT_STRING } from '../write/limits.js';
import { shownMechanism, shownName, shownUser, shownWord } from './clean.js';
import { domainPart, localPart } from './filters.js';
import { network, sessionStem } from './privacy.js';
import type { LineRecord } from './record.js';
import { sslSecurity } from './ssl-security.js';

/** What a variable stands for; empty where nothing is known. */
export type Value = (record: LineRecord) => string;

const user: Value = ({ login, privacy }) => {
  if (login.user === null || login.user === '') return '';
  return privacy.userName === null ? shownUser(login.user) : privacy.userName(login.user);
};

/** As Dovecot's %n and %d: behind the first `@` stands the domain. Of a hashed name there is neither. */
const username: Value = (record) => localPart(user(record));
const domain: Value = (record) => domainPart(user(record));

const remoteIp: Value = ({ login, privacy }) =>
  privacy.truncateAddresses ? network(login.remote.ip) : login.remote.ip;

const session: Value = ({ login, privacy }) =>
  shownWord(privacy.truncateAddresses ? sessionStem(login.session) : login.session);

/** Dovecot says `TLS handshaking` of a handshake that came to nothing, and why. */
const secured: Value = ({ login }) => {
  if (login.reasonCode === 'tls_handshake_not_finished' && login.mode === 'terminated') {
    return login.reason === null ? 'TLS handshaking' : `TLS handshaking: ${shownName(login.reason)}`;
  }
  return login.tls ? 'TLS' : '';
};

const shownString = (value: KnownValue | FingerprintValue | null | undefined): string =>
  value?.string == null || value.string.length > MAX_FINGERPRINT_STRING ? '' : value.string;

/** Dovecot knows it after the handshake alone, and so do we say it: a handshake that came to nothing has none. */
const sslJa3 = ({ login, openssl }: LineRecord): KnownValue | FingerprintValue | null => {
  if (login.reasonCode === 'tls_handshake_not_finished') return null;
  return login.fingerprint?.sslJa3[openssl] ?? login.sslJa3;
};

const nothing: Value = () => '';

/** By the names of Dovecot 2.4, and of our own. */
const values = {
  user,
  // What a client typed: the backend's own idea of the name is not told to a proxy.
  original_user: user,
  auth_user: user,
  protocol: ({ login }) => login.protocol,
  mechanism: ({ login }) => shownMechanism(login.mechanism ?? ''),
  remote_ip: remoteIp,
  local_ip: ({ login }) => login.local.ip,
  remote_port: ({ login }) => String(login.remote.port),
  local_port: ({ login }) => String(login.local.port),
  secured,
  ssl_security: ({ login }) => (login.tls ? sslSecurity(login.tlsVersion, login.cipher) : ''),
  session,
  listener: ({ login }) => shownWord(login.listener),
  local_name: ({ login }) => shownWord(login.sni ?? ''),
  pid: ({ pid }) => String(pid),
  ssl_ja3: (record) => shownString(sslJa3(record)),
  ssl_ja3_hash: (record) => sslJa3(record)?.hash ?? '',
  ja3: ({ login }) => shownString(login.fingerprint?.ja3 ?? login.ja3),
  ja3_hash: ({ login }) => (login.fingerprint?.ja3 ?? login.ja3)?.hash ?? '',
  ja3n_hash: ({ login }) => login.fingerprint?.ja3n.hash ?? '',
  ja4: ({ login }) => login.fingerprint?.ja4?.hash ?? login.ja4 ?? '',
  client: ({ login }) => shownName(clientName(login.recognition) ?? ''),
  client_rung: ({ login }) => login.recognition?.rung ?? '',
  client_score: ({ login }) =>
    login.recognition === null ? '' : String(Math.round(login.recognition.score * 1e4) / 1e4),
  verdict: ({ login: { verdict } }) => verdict?.action ?? '',
  verdict_rule: ({ login: { verdict } }) => shownName(verdict?.rule ?? ''),
  // Known to Dovecot, and not to a proxy: no mail process, no home; certificates of clients are not asked for; the peer behind a claimed address is not kept.
  mail_pid: nothing,
  home: nothing,
  ssl_client_cert_fp: nothing,
  ssl_client_cert_pubkey_fp: nothing,
  real_remote_ip: nothing,
  real_local_ip: nothing,
  real_remote_port: nothing,
  real_local_port: nothing,
} satisfies Record<string, Value>;

export type VariableName = keyof typeof values;

/** 2.3's names for the same, the long and the short ones (its `Login variables`). */
const names23: Readonly<Record<string, VariableName>> = {
  service: 'protocol',
  lip: 'local_ip',
  rip: 'remote_ip',
  lport: 'local_port',
  rport: 'remote_port',
  mech: 'mechanism',
  real_lip: 'real_local_ip',
  real_rip: 'real_remote_ip',
  real_lport: 'real_local_port',
  real_rport: 'real_remote_port',
  orig_user: 'original_user',
};

const letters: Readonly<Record<string, string>> = {
  u: 'user',
  n: 'username',
  d: 'domain',
  s: 'protocol',
  h: 'home',
  l: 'local_ip',
  r: 'remote_ip',
  p: 'pid',
  m: 'mechanism',
  a: 'local_port',
  b: 'remote_port',
  c: 'secured',
  k: 'ssl_security',
  e: 'mail_pid',
};

/** A variable, found by one of its names. */
export interface Variable {
  readonly value: Value;
  /** Its element stays where it is empty. */
  readonly isUser: boolean;
  /** `%{passdb:…}`: 2.3 keeps its element too. */
  readonly isPassdb: boolean;
}

const variables: ReadonlyMap<string, Variable> = new Map([
  ...Object.entries(values).map(([name, value]) => [name, plain(value, name === 'user')] as const),
  ...Object.entries(names23).map(([name, same]) => [name, plain(values[same], false)] as const),
  ['username', plain(username, true)],
  ['domain', plain(domain, false)],
  ['orig_username', plain(username, false)],
  ['orig_domain', plain(domain, false)],
  ['auth_username', plain(username, false)],
  ['auth_domain', plain(domain, false)],
]);

function plain(value: Value, isUser: boolean): Variable {
  return { value, isUser, isPassdb: false };
}

const PASSDB = 'passdb:';
const FORWARDED = 'passdb:forward_';

/**
 * @param name as written between the braces. `passdb:forward_NAME` is what is forwarded under that name; other fields of a passdb, which a proxy has not, are empty.
 * @returns null where there is no such variable
 */
export function variableNamed(name: string): Variable | null {
  if (!name.startsWith(PASSDB)) return variables.get(name) ?? null;
  const forwarded = name.startsWith(FORWARDED) ? variables.get(name.slice(FORWARDED.length)) : undefined;
  return { value: forwarded?.value ?? nothing, isUser: false, isPassdb: true };
}

/** `%u` */
export const variableOfLetter = (letter: string): Variable | null => variables.get(letters[letter] ?? '') ?? null;

export const variableNames: readonly string[] = [...variables.keys()];
