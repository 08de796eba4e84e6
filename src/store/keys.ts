import { createHmac, hash, randomBytes } from 'node:crypto';
import type { KnownValue, KnownViews, ObservationRow, RecordedLogin, Timestamp } from '../model/index.js';

/** Half of a SHA-256: among 10^9 rows two are the same by chance with a probability of 10^-21. */
const KEY_BYTES = 16;

/** As long as the hash it keys (RFC 2104 section 3). */
export const SECRET_BYTES = 32;

/** Separates the parts of a digest: none of them holds a line feed. */
const END = '\n';

/** What is computed under the secret of the key file: each use has a key of its own, so that nothing of one can be compared with another. */
export interface Secret {
  /** Kept in the database, to tell whether a key file belongs to it. */
  readonly check: Buffer;
  /** @param digest of `observationDigest` */
  observation(digest: Buffer): Buffer;
  login(row: RecordedLogin, userKey: Buffer | null): Buffer;
  /** The same for a name however it is written: upper and lower case, composed and decomposed letters. */
  user(name: string): Buffer;
}

export function secretOf(bytes: Buffer): Secret {
  const derive = (use: string) => createHmac('sha256', bytes).update(`ja3-sensor ${use}`).digest();
  const [observation, keyedLogin, keyedUser] = [
    keyed(derive('observation')),
    keyed(derive('login')),
    keyed(derive('user')),
  ];
  return {
    check: derive('check').subarray(0, KEY_BYTES),
    observation,
    login: (row, userKey) => keyedLogin(loginText(row, userKey)),
    user: (name) => keyedUser(plainName(name)),
  };
}

/** Bytes that SHA-256 takes at a time, and those it comes to. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA256 (RFC 2104 section 2), cut. A policy asks for a user's key two or three times for each login: with an object of the system's for each it takes half as long again. So does a
 * digest that comes as bytes of its own.
 *
 * @param key shorter than a block
 */
function keyed(key: Buffer): (text: string | Buffer) => Buffer {
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  for (const [i, byte] of key.entries()) {
    inner[i]! ^= byte;
    outer[i]! ^= byte;
  }
  return (text) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    outer.write(hash('sha256', Buffer.concat([inner, bytes]), 'hex'), BLOCK_BYTES, 'hex');
    return Buffer.from(hash('sha256', outer, 'hex'), 'hex').subarray(0, KEY_BYTES);
  };
}

/** Whether two names are one user's, as the keyed hash has it. */
export function sameUser(name: string, other: string): boolean {
  return plainName(name) === plainName(other);
}

function plainName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

export function newSecretBytes(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/**
 * What makes two observations one: time, endpoints, transport, ja3_hash.
 *
 * The time counts to the microsecond, so that a microsecond copy of a nanosecond capture (they are cut, not rounded) meets the original.
 */
export function observationDigest(row: ObservationRow): Buffer {
  const { timestamp, src, dst } = row;
  return digest(
    `${microseconds(timestamp)}${END}${src.ip} ${src.port}${END}${dst.ip} ${dst.port}${END}${row.transport}${END}${row.fingerprint.ja3?.hash ?? ''}`,
  );
}

function loginText({ time, session, protocol, remote, local, outcome }: RecordedLogin, userKey: Buffer | null): string {
  return JSON.stringify([
    microseconds(time),
    session,
    protocol,
    remote?.ip,
    remote?.port,
    local?.ip,
    local?.port,
    outcome,
    userKey?.toString('hex'),
  ]);
}

/** Also the measure of a login: two attempts of one user over one connection that a log with whole seconds cannot tell apart are one. */
function microseconds({ seconds, nanoseconds }: Timestamp): string {
  return `${seconds}.${Math.floor(nanoseconds / 1000)}`;
}

/** A hello was seen, not only told of: then every view is known but ja4, which some hellos have not. */
export function isWhole({ ja3, ja3n, sslJa3 }: KnownViews): boolean {
  return hasString(ja3) && ja3n !== null && hasString(sslJa3['3.0']) && hasString(sslJa3['3.5']);
}

function hasString(value: KnownValue | null): boolean {
  return value !== null && value.string !== null;
}

/**
 * What makes two hellos one shape. Of a whole one: the views that the others follow from (ssl_ja3 keeps GREASE ciphers and drops extensions, ja4_r adds the
 * rest). Of one that is partly known: the values that are.
 *
 * @param sslJa3Logged what a log called ssl_ja3 without saying of which OpenSSL generation
 */
export function shapeKey(views: KnownViews, sslJa3Logged: KnownValue | null): Buffer {
  const { ja3, ja3n, sslJa3, ja4 } = views;
  if (isWhole(views)) return digest(`${ja3?.string}${END}${sslJa3['3.5']?.string}${END}${ja4?.string ?? ''}`);
  const known = [ja3, ja3n, sslJa3['3.0'], sslJa3['3.5'], sslJa3Logged, ja4].map((value) => value?.hash ?? '');
  return digest(`partly${END}${known.join(END)}`);
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, KEY_BYTES);
}
