import type { ForwardedIdentity } from '../attempt.js';
import { encodeForwardFields } from '../forward-fields.js';
import { MAX_COMMAND, MAX_FORWARD_COMMAND } from './limits.js';
import { encodeXtext } from './xtext.js';

const UNAVAILABLE = '[UNAVAILABLE]';
const VERB = 'XCLIENT';
const END = '\r\n';

/**
 * What a backend is told of the client, by the names it lists: Postfix's (XCLIENT_README: NAME, ADDR, PORT, PROTO, HELO, DESTADDR, …) and Dovecot's besides
 * (SESSION, TTL, FORWARD, …). A value is null where there is nothing to say. The address comes last: from the command with it on, Postfix asks whether that
 * may say XCLIENT, and not whether we may.
 */
const attributes: readonly (readonly [name: string, value: (identity: ForwardedIdentity) => string | null])[] = [
  ['FORWARD', ({ forward }) => encodeForwardFields(forward, MAX_FORWARD_COMMAND)],
  // Not told, Postfix would go on with our own name beside the client's address.
  ['NAME', () => UNAVAILABLE],
  ['REVERSE_NAME', () => UNAVAILABLE],
  ['DESTADDR', ({ local }) => address(local.ip)],
  ['DESTPORT', ({ local }) => port(local.port)],
  ['PROTO', () => 'ESMTP'],
  ['HELO', ({ helo }) => helo ?? null],
  ['SESSION', ({ session }) => session],
  ['TTL', ({ ttl }) => String(ttl)],
  ['CLIENT-TRANSPORT', ({ tls }) => (tls ? 'TLS' : 'insecure')],
  ['DESTNAME', ({ serverName }) => serverName],
  ['ADDR', ({ remote }) => address(remote.ip)],
  ['PORT', ({ remote }) => port(remote.port)],
];

/**
 * The commands that tell it, in as few as their length allows. A FORWARD too long for one of the usual length has its own; one that is too long for that is
 * left out, for a part of it would be no base64.
 *
 * @param listed what the backend's XCLIENT keyword lists, in capitals
 */
export function xclientCommands(identity: ForwardedIdentity, listed: readonly string[]): readonly string[] {
  const commands: string[] = [];
  let command = VERB;
  for (const [name, tell] of attributes) {
    const value = listed.includes(name) ? tell(identity) : null;
    if (value === null) continue;
    const attribute = ` ${name}=${encodeXtext(value)}`;
    const limit = name === 'FORWARD' ? MAX_FORWARD_COMMAND : MAX_COMMAND;
    if (VERB.length + attribute.length + END.length > limit) continue;
    if (command.length + attribute.length + END.length > MAX_COMMAND) {
      if (command !== VERB) commands.push(command + END);
      command = VERB;
    }
    command += attribute;
  }
  if (command !== VERB) commands.push(command + END);
  return commands;
}

/** XCLIENT_README: IPv6 behind `IPV6:`. An IPv4 address that a socket for both families shows in IPv6's form is told as what it is. */
function address(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped !== null) return mapped[1]!;
  return ip.includes(':') ? `IPV6:${ip}` : ip;
}

function port(number: number): string | null {
  return number === 0 ? null : String(number);
}
