import { isIP, SocketAddress } from 'node:net';
import type { Endpoint } from '../../endpoint.js';
import type { ClaimedIdentity } from '../attempt.js';
import { decodeForwardFields } from '../forward-fields.js';
import { MAX_SESSION_NAME } from './limits.js';

/** An address as `Endpoint` has it; null: none. */
function address(text: string): string | null {
  const family = isIP(text);
  if (family === 0 || text.includes('%')) return null;
  return family === 4 ? text : new SocketAddress({ address: text, family: 'ipv6' }).address;
}

function number(text: string, max: number): number | null {
  return /^\d{1,10}$/.test(text) && Number(text) <= max ? Number(text) : null;
}

/** What may stand in a host name, here or in a log: a server name the client asked for. */
const HOST_NAME = /^[A-Za-z0-9._-]{1,255}$/;
const SESSION = new RegExp(`^[!-~]{1,${MAX_SESSION_NAME}}$`);

type Values = Map<string, string>;

/** undefined: what is there is no address, or no port. A port alone tells of nobody. */
function endpoint(values: Values, addressName: string, portName: string): Endpoint | null | undefined {
  const addressText = values.get(addressName);
  const portText = values.get(portName);
  const ip = addressText === undefined ? null : address(addressText);
  const port = portText === undefined ? 0 : number(portText, 65_535);
  if ((addressText !== undefined && ip === null) || port === null) return undefined;
  return ip === null ? null : { ip, port };
}

/**
 * Reads the parameters of XCLIENT as Dovecot's POP3 and ManageSieve login processes take them: ADDR, PORT, DESTADDR, DESTPORT, SESSION, TTL, CLIENT-TRANSPORT,
 * DESTNAME, FORWARD. Other names are passed over, and so is a session's name that is too long; null: a value is none.
 *
 * @param parameters `NAME=value`, names in any case
 */
export function readClaim(parameters: readonly string[]): ClaimedIdentity | null {
  const values: Values = new Map();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    if (equals > 0) values.set(parameter.slice(0, equals).toUpperCase(), parameter.slice(equals + 1));
  }
  const remote = endpoint(values, 'ADDR', 'PORT');
  const local = endpoint(values, 'DESTADDR', 'DESTPORT');
  const ttl = values.has('TTL') ? number(values.get('TTL')!, 0xffff_ffff) : undefined;
  const forward = values.has('FORWARD') ? decodeForwardFields(values.get('FORWARD')!) : [];
  const serverName = values.get('DESTNAME') ?? null;
  if (remote === undefined || local === undefined || ttl === null || forward === null) return null;
  if (serverName !== null && !HOST_NAME.test(serverName)) return null;
  const session = values.get('SESSION') ?? '';
  const transport = values.get('CLIENT-TRANSPORT')?.toUpperCase();
  return {
    remote,
    local,
    session: SESSION.test(session) ? session : null,
    ttl: ttl ?? null,
    tls: transport === 'TLS' ? true : transport === 'INSECURE' ? false : null,
    serverName,
    forward,
  };
}
