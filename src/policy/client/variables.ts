import type { ClientId, LoginFacts, OpenSslGeneration } from '../../model/index.js';
import { MAX_VALUE } from './limits.js';

/** What a request is about. */
export interface Asked {
  readonly login: LoginFacts;
  /** As it is sent and hashed. */
  readonly user: string;
  readonly hashedPassword: string;
  /** Empty while nothing has failed. */
  readonly failType: string;
  /** The name of what was recognised; null: none. */
  readonly clientName: string | null;
  readonly openssl: OpenSslGeneration;
}

const user = ({ user }: Asked) => user;
const protocol = ({ login }: Asked) => serviceName(login.protocol);
const mechanism = ({ login }: Asked) => login.mechanism;
const remoteIp = ({ login }: Asked) => login.remote.ip;
const remotePort = ({ login }: Asked) => `${login.remote.port}`;
const localIp = ({ login }: Asked) => login.local.ip;
const localPort = ({ login }: Asked) => `${login.local.port}`;
const localName = ({ login }: Asked) => login.sni;

/** By the names of Dovecot 2.4, with those of 2.3 beside them where they differ, and our own. */
const variables = {
  requested_username: user,
  user,
  hashed_password: ({ hashedPassword }) => hashedPassword,
  remote_ip: remoteIp,
  rip: remoteIp,
  remote_port: remotePort,
  rport: remotePort,
  local_ip: localIp,
  lip: localIp,
  local_port: localPort,
  lport: localPort,
  local_name: localName,
  sni: localName,
  client_id: ({ login }) => clientIdList(login.clientId),
  protocol,
  service: protocol,
  session: ({ login }) => login.session,
  fail_type: ({ failType }) => failType,
  mechanism,
  mech: mechanism,
  secured: ({ login }) => (login.tls ? 'TLS' : ''),
  ssl_ja3: ({ login, openssl }) => login.fingerprint?.sslJa3[openssl].string,
  ssl_ja3_hash: ({ login, openssl }) => login.fingerprint?.sslJa3[openssl].hash,
  ja3: ({ login }) => login.fingerprint?.ja3.string,
  ja3_hash: ({ login }) => login.fingerprint?.ja3.hash,
  ja3n: ({ login }) => login.fingerprint?.ja3n.string,
  ja3n_hash: ({ login }) => login.fingerprint?.ja3n.hash,
  ja4: ({ login }) => login.fingerprint?.ja4?.hash,
  ja4_r: ({ login }) => login.fingerprint?.ja4?.string,
  client: ({ clientName }) => clientName,
  client_rung: ({ login }) => login.recognition?.rung,
  client_score: ({ login }) => login.recognition?.score.toFixed(2),
  tls_version: ({ login }) => login.tlsVersion,
  tls_cipher: ({ login }) => login.cipher,
  listener: ({ login }) => login.listener,
} satisfies Readonly<Record<string, (asked: Asked) => string | null | undefined>>;

export type VariableName = keyof typeof variables;

export const variableNames = Object.keys(variables) as VariableName[];

/** What a variable stands for, cut where it is too long; empty where there is nothing, as in Dovecot. */
export function variableValue(name: VariableName, asked: Asked): string {
  return (variables[name](asked) ?? '').slice(0, MAX_VALUE);
}

/** Dovecot's service name, which servers compare `protocol` with. */
function serviceName(protocol: string): string {
  return protocol === 'managesieve' ? 'sieve' : protocol;
}

/**
 * The list of an IMAP ID as Dovecot's login process keeps it: `"name" "Mutt" "os" NIL`. Bytes that a quoted string cannot have (RFC 3501 section 9: CR, LF, eighth bit set) are
 * left out.
 */
function clientIdList(pairs: ClientId | null): string {
  const quoted = (text: string) => `"${text.replace(/[\r\n\u0080-\uffff]/g, '').replace(/["\\]/g, '\\$&')}"`;
  return (pairs ?? []).map(([name, value]) => `${quoted(name)} ${value === null ? 'NIL' : quoted(value)}`).join(' ');
}
