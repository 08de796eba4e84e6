import { SensorError } from '../../../errors.js';
import { bytesOfText, findHellos, looksLikeHex } from '../../../explain/index.js';
import { fingerprint, isJa4 } from '../../../fingerprint/index.js';
import type { KnownValue } from '../../../model/index.js';
import {
  type Subject,
  subjectOfHash,
  subjectOfHello,
  subjectOfJa4,
  subjectOfString,
} from '../../../recognize/index.js';
import type { StoredViews } from '../../../store/index.js';
import { UsageError } from '../../exit-codes.js';
import { say } from '../../say.js';
import { standardInput } from '../explain-input.js';

/** What is looked up. */
export interface Asked {
  readonly kind: 'hash' | 'ja4' | 'string' | 'hello';
  /** As it is called in the answer. */
  readonly name: string;
  readonly subject: Subject;
  /** Hashes that a database knows it by: the first that was seen counts. */
  readonly values: readonly string[];
  /** All views of a hello; null where one value is all there is. */
  readonly views: StoredViews | null;
}

const WANTED = 'a ja3 or ssl_ja3 (hash or string), a ja4, or a ClientHello in hex';

/** Five fields of numbers. Whether they are sound is for the one who reads them to say. */
const JA3_STRING = /^\d+(?:,[\d-]*){4}$/;

/** One word that is too short for a hello (42 bytes at least), and begins as hex: a hash that was not copied as a whole, or mistyped. */
const PART_OF_HASH = /^(?!1603|0100)[0-9a-f]{4}[0-9a-z]{0,60}$/;

/** A record of the handshake, or a handshake message, as bytes: no text begins so. */
const HELLO_BYTES = [0x16, 0x01];

/**
 * Tells what the argument is; `-`: what standard input holds.
 *
 * @throws UsageError where it is nothing that can be looked up; SensorError where it is a broken hello or string, whose message says where
 */
export async function lookupInput(what: string): Promise<Asked> {
  try {
    return await readInput(what);
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    const { code, field, offset } = error;
    throw new SensorError(code, field, offset, `${error.message} (${code}: ${field} at ${offset})`);
  }
}

async function readInput(what: string): Promise<Asked> {
  if (what !== '-') return askedBy(what.trim(), 'the argument');
  const bytes = await standardInput();
  return HELLO_BYTES.includes(bytes[0]!) ? askedByBytes(bytes) : askedBy(new TextDecoder().decode(bytes).trim(), what);
}

function askedBy(text: string, place: string): Asked {
  const value = text.toLowerCase();
  if (/^[0-9a-f]{32}$/.test(value)) {
    return { kind: 'hash', name: value, subject: subjectOfHash(value, null), values: [value], views: null };
  }
  // The two characters of ALPN may be capitals; those that somebody made of all the others are no mistake.
  const ja4 = [text, value].find(isJa4);
  if (ja4 !== undefined) return { kind: 'ja4', name: ja4, subject: subjectOfJa4(ja4), values: [ja4], views: null };
  // Tables and mails break long strings.
  const string = text.replace(/\s+/g, '');
  if (JA3_STRING.test(string)) {
    const subject = subjectOfString(string);
    return { kind: 'string', name: string, subject, values: valuesOf(subject), views: null };
  }
  if (PART_OF_HASH.test(value)) {
    throw new UsageError(
      `${text}: a hash has 32 hex digits, this ${text.length} characters (ja3-sensor db search finds one by its beginning)`,
    );
  }
  if (looksLikeHex(text)) return askedByBytes(bytesOfText(text));
  throw new UsageError(`${place === '-' ? 'standard input' : place} is none of these: ${WANTED}`);
}

function askedByBytes(bytes: Uint8Array): Asked {
  const { hellos } = findHellos(bytes);
  if (hellos.length > 1) say(`${hellos.length} hellos: the first is looked up`);
  const { hello } = hellos[0]!;
  const values = fingerprint(hello, { transport: 'tcp', openssl: '3.0' });
  const newer = fingerprint(hello, { transport: 'tcp', openssl: '3.5' });
  const views: StoredViews = {
    ja3: values.ja3,
    ja3n: values.ja3n,
    sslJa3: { '3.0': values.sslJa3, '3.5': newer.sslJa3 },
    sslJa3Logged: null,
    ja4: values.ja4,
  };
  const subject = subjectOfHello(hello, values);
  return { kind: 'hello', name: `hello with ja3 ${values.ja3.hash}`, subject, values: valuesOf(subject), views };
}

function valuesOf({ ja3, sslJa3, ja4 }: Subject): readonly string[] {
  const known = (value: KnownValue | null): value is KnownValue => value !== null;
  return [...new Set([ja3, ...sslJa3, ja4].filter(known).map(({ hash }) => hash))];
}
