import { formatAddress } from '../../endpoint.js';
import { parseIpv4, parseIpv6 } from '../../haproxy/index.js';
import type { ClaimedIdentity } from '../attempt.js';
import { decodeForwardFields } from '../forward-fields.js';
import { isHeloName } from './command.js';
import { decodeXtext } from './xtext.js';

/** What our EHLO answer lists to a trusted peer: all that has an effect. */
export const CLAIMED_NAMES = 'ADDR PORT DESTADDR DESTPORT SESSION TTL CLIENT-TRANSPORT DESTNAME FORWARD' as const;

/** Known, and without effect: senders that do not read the list send them. LOGIN above all: a login is what its password says. */
const IGNORED: ReadonlySet<string> = new Set(['NAME', 'REVERSE_NAME', 'PROTO', 'HELO', 'LOGIN', 'TIMEOUT']);

interface Claim {
  readonly ip: string | null;
  readonly port: number | null;
  readonly localIp: string | null;
  readonly localPort: number | null;
  readonly session: string | null;
  readonly ttl: number | null;
  readonly tls: boolean | null;
  readonly serverName: string | null;
  readonly forward: ClaimedIdentity['forward'];
}

const NOTHING: Claim = {
  ip: null,
  port: null,
  localIp: null,
  localPort: null,
  session: null,
  ttl: null,
  tls: null,
  serverName: null,
  forward: [],
};

/** Reads a value; null: it is none. */
const readers: ReadonlyMap<string, (value: string) => Partial<Claim> | null> = new Map([
  ['ADDR', (value) => present(address(value), (ip) => ({ ip }))],
  ['PORT', (value) => present(number(value, 65_535), (port) => ({ port }))],
  ['DESTADDR', (value) => present(address(value), (localIp) => ({ localIp }))],
  ['DESTPORT', (value) => present(number(value, 65_535), (localPort) => ({ localPort }))],
  // Dovecot's limit for a session's name.
  ['SESSION', (value) => (/^[!-~]{1,64}$/.test(value) ? { session: value } : null)],
  ['TTL', (value) => present(number(value, 255), (ttl) => ({ ttl }))],
  ['CLIENT-TRANSPORT', (value) => (/^(?:TLS|insecure)$/i.test(value) ? { tls: value.toUpperCase() === 'TLS' } : null)],
  ['DESTNAME', (value) => (isHeloName(value) ? { serverName: value } : null)],
  ['FORWARD', (value) => present(decodeForwardFields(value), (forward) => ({ forward }))],
]);

/** What a trusted peer has claimed with its XCLIENT commands, all together: what a later one does not name stays. */
export class ClaimedByXclient {
  #claim = NOTHING;

  /** @returns false, and nothing is changed, where the attributes are not XCLIENT's */
  add(argument: string): boolean {
    let claim = this.#claim;
    for (const attribute of argument.split(/ +/)) {
      const [, name, text] = /^([A-Za-z_-]+)=(.*)$/.exec(attribute) ?? [];
      const value = text === undefined ? null : decodeXtext(text);
      if (name === undefined || value === null) return false;
      if (IGNORED.has(name.toUpperCase())) continue;
      const reader = readers.get(name.toUpperCase());
      if (reader === undefined) return false;
      if (value === '[UNAVAILABLE]' || value === '[TEMPUNAVAIL]') continue;
      const part = reader(value);
      if (part === null) return false;
      claim = { ...claim, ...part };
    }
    this.#claim = claim;
    return true;
  }

  get identity(): ClaimedIdentity {
    const { ip, port, localIp, localPort, ...rest } = this.#claim;
    return {
      remote: ip === null ? null : { ip, port: port ?? 0 },
      local: localIp === null ? null : { ip: localIp, port: localPort ?? 0 },
      ...rest,
    };
  }
}

function present<T>(value: T | null, claim: (value: T) => Partial<Claim>): Partial<Claim> | null {
  return value === null ? null : claim(value);
}

/** In RFC 5952's form. */
function address(text: string): string | null {
  const octets = /^IPV6:/i.test(text) ? parseIpv6(text.slice('IPV6:'.length)) : (parseIpv4(text) ?? parseIpv6(text));
  return octets === null ? null : formatAddress(octets);
}

function number(text: string, max: number): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= max ? Number(text) : null;
}
