import type { ClientId } from '../../model/index.js';
import { readAddress } from '../addresses.js';
import type { Identify } from '../decide/options.js';
import type { LoginReport, PolicyLogin } from '../login.js';
import { readClientId } from './client-id.js';
import { MAX_ATTRIBUTE, MAX_CLIENT_ID, MAX_LOGIN } from './limits.js';
import type { AttributeName, LoginRequest, ReportRequest } from './requests.js';
import { readViews } from './views.js';

/**
 * What a request tells of a login. An empty text is nothing told; what is too long is cut.
 *
 * Of the IMAP ID nothing is taken for what a proxy says (`x-client-transport`, `x-connected-name`): Dovecot 2.3 hands on what any client puts there, so that one that comes to it
 * directly could say that it has TLS, and which name it asked for.
 *
 * @param now milliseconds since 1970-01-01 UTC
 */
export function readLogin(request: LoginRequest, now: number, identify: Identify): PolicyLogin {
  const told = (name: AttributeName) => attributeText(request.attrs?.[name]) || attributeText(request[name]);
  const views = readViews(told);
  return {
    time: now,
    session: short(text(request.session_id)),
    user: cutLogin(text(request.login)),
    remote: readAddress(text(request.remote)),
    protocol: short(text(request.protocol).toLowerCase()),
    port: portOf(told('local_port') || told('lport')),
    sni: short((told('sni') || told('local_name')).toLowerCase()),
    mechanism: short((told('mechanism') || told('mech')).toUpperCase()),
    tls: isTrue(request.tls),
    tlsVersion: short(told('tls_version')),
    clientId: clientIdOf(text(request.device_id)),
    views,
    client: identify(views),
  };
}

export function readReport(request: ReportRequest): LoginReport {
  return {
    success: isTrue(request.success),
    policyReject: isTrue(request.policy_reject),
    failType: short(text(request.fail_type).toLowerCase()),
  };
}

type Text = LoginRequest['login'];

/** What Dovecot 2.3 sends in the place of a variable it does not know, followed by its name. */
const UNSUPPORTED = 'UNSUPPORTED_VARIABLE_';

function text(value: Text): string {
  const told = value === null || value === undefined ? '' : String(value);
  return told.startsWith(UNSUPPORTED) ? '' : told;
}

/** Of a list its first text. */
function attributeText(value: Text | readonly unknown[]): string {
  if (typeof value !== 'object' || value === null) return text(value);
  return text(value.find((member) => typeof member === 'string'));
}

function isTrue(value: LoginRequest['tls']): boolean {
  return value === true || value === 'true';
}

function short(value: string): string | null {
  if (value.length <= MAX_ATTRIBUTE) return value === '' ? null : value;
  return cut(value, MAX_ATTRIBUTE);
}

/** A copy: V8's slice would keep the whole text for as long as the login is remembered. */
function cut(value: string, length: number): string {
  return Buffer.from(value.slice(0, length), 'utf16le').toString('utf16le');
}

function clientIdOf(list: string): ClientId | null {
  return readClientId(list.length <= MAX_CLIENT_ID ? list : cut(list, MAX_CLIENT_ID));
}

/** At the end of a character, so that the cut name is one of UTF-8 too. */
function cutLogin(name: string): string | null {
  if (name === '') return null;
  // No character has more than three bytes for each of its UTF-16 units.
  if (name.length * 3 <= MAX_LOGIN) return name;
  const bytes = Buffer.from(name);
  let end = Math.min(bytes.length, MAX_LOGIN);
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

function portOf(digits: string): number | null {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}
