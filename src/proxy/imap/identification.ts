import { withoutZone } from '../../endpoint.js';
import type { ClaimedIdentity, ForwardedIdentity } from '../attempt.js';
import { readClaim } from '../xclient/index.js';
import type { Argument } from './arguments.js';
import {
  MAX_CLIENT_ID,
  MAX_ID_COMMAND,
  MAX_ID_FIELD,
  MAX_ID_FIELD_READ,
  MAX_ID_PAIRS,
  MAX_ID_PAIRS_READ,
  MAX_ID_VALUE,
} from './limits.js';

type Pair = readonly [name: string, value: string | null];

/** What an ID command (RFC 2971) says. */
export interface Identification {
  /** The client's own pairs: none whose name begins with `x-`, for these are a proxy's. */
  readonly pairs: readonly Pair[];
  /** What a proxy says of its client; null where it says nothing of the kind. Whether to believe it is for others to know. */
  readonly claim: ClaimedIdentity | null;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** RFC 2971 says ASCII, clients say UTF-8; a line end in a value is no line end any more. */
function idText(bytes: Uint8Array): string {
  return utf8.decode(bytes).replace(/\p{Cc}/gu, '\ufffd');
}

/** Dovecot's names for what its XCLIENT calls otherwise. */
const CLAIMS: ReadonlyMap<string, string> = new Map([
  ['x-originating-ip', 'ADDR'],
  ['x-originating-port', 'PORT'],
  ['x-connected-ip', 'DESTADDR'],
  ['x-connected-port', 'DESTPORT'],
  ['x-connected-name', 'DESTNAME'],
  ['x-session-id', 'SESSION'],
  ['x-session-ext-id', 'SESSION'],
  ['x-proxy-ttl', 'TTL'],
  ['x-client-transport', 'CLIENT-TRANSPORT'],
]);
const FORWARD = 'x-forward-';
const PROXY_NAME = /^x-/i;
/** What can be a field's name on another server, whichever way that is told of it. */
const FORWARD_NAME = /^[!-<>-~]+$/;

/**
 * Reads the arguments of an ID command: `NIL`, or a list of names and values; Dovecot takes none at all, too. null: they are nothing of the kind, more than may be,
 * or a claim in them cannot be.
 */
export function readIdentification(args: readonly Argument[]): Identification | null {
  const pairs = readPairs(args);
  if (pairs === null) return null;
  const own = pairs.filter(([name]) => !PROXY_NAME.test(name));
  const parameters: string[] = [];
  const forward: [string, string][] = [];
  for (const [name, value] of pairs) {
    if (value === null) continue;
    const lower = name.toLowerCase();
    const parameter = CLAIMS.get(lower);
    if (parameter !== undefined) parameters.push(`${parameter}=${value}`);
    else if (lower.startsWith(FORWARD)) {
      const field = name.slice(FORWARD.length);
      if (FORWARD_NAME.test(field)) forward.push([field, value]);
    }
  }
  if (parameters.length + forward.length === 0) return { pairs: own, claim: null };
  const claim = readClaim(parameters);
  return claim === null ? null : { pairs: own, claim: { ...claim, forward } };
}

function readPairs(args: readonly Argument[]): Pair[] | null {
  const [first, ...others] = args;
  if (others.length > 0) return null;
  if (first === undefined || (first.kind === 'atom' && /^NIL$/i.test(first.text))) return [];
  if (first.kind !== 'list' || first.items.length % 2 !== 0 || first.items.length > 2 * MAX_ID_PAIRS_READ) return null;
  const pairs: Pair[] = [];
  for (let at = 0; at < first.items.length; at += 2) {
    const name = first.items[at]!;
    const value = first.items[at + 1]!;
    if (name.kind !== 'string' || name.bytes.length > MAX_ID_FIELD_READ) return null;
    if (value.kind === 'string') pairs.push([idText(name.bytes), idText(value.bytes)]);
    else if (value.kind === 'atom' && /^NIL$/i.test(value.text)) pairs.push([idText(name.bytes), null]);
    else return null;
  }
  return pairs;
}

/** RFC 9051 section 4.3, quoted string. What is no printable ASCII becomes a question mark: servers refuse it, and no value we tell has any. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/gu, '?').replace(/["\\]/g, '\\$&')}"`;
}

function spell([name, value]: Pair): string {
  return `${quoted(name)} ${value === null ? 'NIL' : quoted(value)}`;
}

/** Longer ones would make a server refuse all, or worse. The quotes do not count. */
function fits([name, value]: Pair): boolean {
  return quoted(name).length - 2 <= MAX_ID_FIELD && (value === null || quoted(value).length - 2 <= MAX_ID_VALUE);
}

/**
 * The arguments of the ID command that tells a backend of the client, as Dovecot's proxies write it: the client's own pairs, who it is, and what is forwarded. No
 * `x-multiplex`: what it announces is not spoken here. What has no room is left out: first what is forwarded, then what the client said itself.
 */
export function writeIdentification(identity: ForwardedIdentity): string {
  const who: Pair[] = [
    ['x-session-id', identity.session],
    ['x-originating-ip', withoutZone(identity.remote.ip)],
    ['x-originating-port', String(identity.remote.port)],
    ['x-connected-ip', withoutZone(identity.local.ip)],
    ['x-connected-port', String(identity.local.port)],
    ['x-proxy-ttl', String(identity.ttl)],
    ['x-client-transport', identity.tls ? 'TLS' : 'insecure'],
  ];
  if (identity.serverName !== null) who.push(['x-connected-name', identity.serverName]);
  const whoFits = who.filter(fits);
  const forward = identity.forward.map(([name, value]): Pair => [`${FORWARD}${name}`, value]).filter(fits);
  const client = (identity.clientId ?? []).filter((pair) => !PROXY_NAME.test(pair[0]) && fits(pair));

  const whoText = whoFits.map(spell).join(' ');
  const forwardPairs = MAX_ID_PAIRS - whoFits.length;
  const forwardText = takeWhileShort(forward.slice(0, forwardPairs), MAX_ID_COMMAND - MAX_CLIENT_ID - whoText.length);
  const clientPairs = forwardPairs - Math.min(forward.length, forwardPairs);
  const clientText = takeWhileShort(client.slice(0, clientPairs), MAX_CLIENT_ID);
  return `(${[clientText, whoText, forwardText].filter((text) => text !== '').join(' ')})`;
}

function takeWhileShort(pairs: readonly Pair[], room: number): string {
  let left = room;
  const taken: string[] = [];
  for (const spelled of pairs.map(spell)) {
    left -= spelled.length + 1;
    if (left < 0) break;
    taken.push(spelled);
  }
  return taken.join(' ');
}
