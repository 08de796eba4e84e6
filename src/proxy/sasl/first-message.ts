import type { Credentials } from '../attempt.js';
import { fromLatin1, latin1 } from '../lines.js';
import { Secret } from '../secret.js';
import type { Mechanism } from './mechanisms.js';
import { decodeSaslName, isName, nameText } from './name.js';

/** What the client's first message says. */
export interface FirstMessage {
  /** Whom to route and log by: the name to act as where one is given, else the one that logs in. null where the mechanism leaves it to the token. */
  readonly user: string | null;
  readonly credentials: Credentials;
}

/**
 * Reads the first message of a mechanism in which the client speaks first and one message shows the user. null: it is malformed.
 *
 * @param message taken over
 */
export function readFirstMessage(mechanism: Mechanism, message: Uint8Array): FirstMessage | null {
  if (mechanism === 'PLAIN') return readPlain(message);
  const name = shownName(mechanism, latin1(message));
  if (name === undefined) return null;
  const bytes = name === null ? null : fromLatin1(name);
  if (bytes !== null && !isName(bytes)) return null;
  return {
    user: bytes === null ? null : nameText(bytes),
    credentials: { kind: 'sasl', initial: new Secret(message) },
  };
}

/** RFC 4616 section 2: `[authzid] NUL authcid NUL passwd`. An empty password goes on: whether it is one is the backend's to say. */
function readPlain(message: Uint8Array): FirstMessage | null {
  const first = message.indexOf(0);
  const second = first < 0 ? -1 : message.indexOf(0, first + 1);
  if (second < 0 || message.includes(0, second + 1)) return null;
  const authorization = message.slice(0, first);
  const user = message.slice(first + 1, second);
  const password = new Secret(message.slice(second + 1));
  message.fill(0);
  if (!isName(user) || (authorization.length > 0 && !isName(authorization))) return null;
  return {
    user: nameText(authorization.length > 0 ? authorization : user),
    credentials: { kind: 'password', authorization, user, password },
  };
}

/** Latin-1, octets as they came; null: none is given; undefined: malformed. */
function shownName(mechanism: Mechanism, message: string): string | null | undefined {
  switch (mechanism) {
    case 'XOAUTH2':
      return xoauth2Name(message);
    case 'OAUTHBEARER':
      return oauthBearerName(message);
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256':
      return scramName(message);
    default:
      return undefined;
  }
}

/** Google's XOAUTH2: `user=` name ^A `auth=Bearer ` token ^A ^A. Two users would be one to us and the other to the backend. */
function xoauth2Name(message: string): string | undefined {
  const users = message.split('\x01').filter((field) => /^user=/i.test(field));
  return users.length === 1 && users[0]!.startsWith('user=') ? users[0]!.slice('user='.length) : undefined;
}

/**
 * RFC 5801 section 4, gs2-header: `n` or `y`, a comma, `a=` and the name to act as or nothing, a comma. `p=` would bind the channel, which a mechanism without
 * `-PLUS` does not.
 */
const GS2_HEADER = /^[ny],(?:a=([^,]+))?,/;

/** RFC 7628 section 3.1: gs2-header, ^A, pairs. Without a name the token says who it is. */
function oauthBearerName(message: string): string | null | undefined {
  const header = GS2_HEADER.exec(message);
  if (header === null || message[header[0].length] !== '\x01') return undefined;
  return header[1] === undefined ? null : (decodeSaslName(header[1]) ?? undefined);
}

/** RFC 5802 section 7, client-first-message. An `m=` before the name is an extension that must be understood, and none is defined. */
function scramName(message: string): string | undefined {
  const header = GS2_HEADER.exec(message);
  if (header === null) return undefined;
  const name = /^n=([^,]+),r=[\x21-\x2b\x2d-\x7e]+(?:,|$)/.exec(message.slice(header[0].length));
  if (name === null) return undefined;
  const login = decodeSaslName(name[1]!);
  if (login === null) return undefined;
  return header[1] === undefined ? login : (decodeSaslName(header[1]) ?? undefined);
}

/**
 * The name in a client's later response, where a mechanism shows it only there: CRAM-MD5 (RFC 2195 section 2: name, space, digest of 32 hexadecimal digits).
 * null: not in this one.
 */
export function userShown(mechanism: string, response: Uint8Array): string | null {
  if (mechanism !== 'CRAM-MD5') return null;
  const digest = /^(.+) [0-9a-fA-F]{32}$/s.exec(latin1(response));
  if (digest === null) return null;
  const name = fromLatin1(digest[1]!);
  return isName(name) ? nameText(name) : null;
}
