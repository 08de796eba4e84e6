import { SensorError } from '../errors.js';
import { type Ja3Lists, ja3OfLists, MAX_JA3_STRING, md5, parseJa3String, sha256Prefix } from '../fingerprint/index.js';
import type { KnownValue, LabelVia } from '../model/index.js';
import { MAX_JA4_STRING } from './limits.js';
import type { Repair } from './types.js';

/** A value as a row tells it, checked. */
export interface CheckedValue {
  readonly value: KnownValue;
  readonly repair: Repair | null;
}

const MD5 = /^[0-9a-f]{32}$/;

/** JA4.md: transport, version, SNI, two counts, two ALPN characters; two truncated SHA-256. */
const JA4 = /^[tqd](?:1[0-3]|s[23]|d[1-3]|00)[di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;

/** The same with its lists written out: ciphers, extensions, and signature algorithms where there are some. */
const JA4_R =
  /^[tqd](?:1[0-3]|s[23]|d[1-3]|00)[di]\d{4}[0-9A-Za-z]{2}_(?:[0-9a-f]{4}(?:,[0-9a-f]{4})*)?_(?:[0-9a-f]{4}(?:,[0-9a-f]{4})*)?(?:_[0-9a-f]{4}(?:,[0-9a-f]{4})*)?$/;

const NOTHING = '000000000000';

/**
 * Checks a value of one view. A string has the hash beside it, or it is dropped and the hash kept alone; a string without a hash is given its own.
 *
 * @param hash as the row has it: case and space around it do not matter. null or empty: not there
 * @param string what the hash was made of; null or empty: not there
 * @param field the column, for errors: that of the hash is `<field>_hash`, but for ja4
 * @returns null where neither is there
 * @throws SensorError `bad_hash`; `bad_string`: it has the hash, and is no string of that view; `grease`: it has the hash, and GREASE was left in
 */
export function checkValue(
  view: LabelVia,
  hash: string | null,
  string: string | null,
  field: string = view,
): CheckedValue | null {
  const given = hash === null ? '' : hash.trim();
  const made = string ?? '';
  if (given === '' && made === '') return null;
  if (view === 'ja4') return checkJa4(given, made, field);
  const known = given.toLowerCase();
  if (known !== '' && !MD5.test(known)) throw new SensorError('bad_hash', `${field}_hash`, 0, 'is no MD5');
  if (made === '') return { value: { string: null, hash: known }, repair: null };
  if (made.length > MAX_JA3_STRING) throw new SensorError('bad_string', field, 0, 'is too long for a string');
  if (known === '') {
    requireString(view, made, field);
    return { value: { string: made, hash: md5(made) }, repair: null };
  }
  for (const candidate of candidates(made)) {
    if (md5(candidate) !== known) continue;
    requireString(view, candidate, field);
    return { value: { string: candidate, hash: known }, repair: candidate === made ? null : 'string_trimmed' };
  }
  return { value: { string: null, hash: known }, repair: 'string_dropped' };
}

/** Throws unless the string is one of that view. */
function requireString(view: Exclude<LabelVia, 'ja4'>, string: string, field: string): void {
  const lists = listsOf(string, field);
  // Dovecot keeps GREASE among the ciphers. Which extensions it hides is not for us to say of a version of OpenSSL that may not exist yet.
  if (view === 'ssl_ja3') {
    if (lists.version !== 771) throw new SensorError('bad_string', field, 0, 'an ssl_ja3 begins with 771');
  } else if (ja3OfLists(lists).string !== string) {
    throw new SensorError('grease', field, 0, 'GREASE values were not taken out');
  }
}

function listsOf(string: string, field: string): Ja3Lists {
  try {
    return parseJa3String(string);
  } catch (error) {
    if (!(error instanceof SensorError)) throw error;
    throw new SensorError('bad_string', field, 0, error.message, { cause: error });
  }
}

/** The string itself, and what it may be without separators that do not belong to it: Trisul's list has `, ` before and behind some. */
function* candidates(string: string): Generator<string> {
  yield string;
  const start = /^[,\s]*/.exec(string)![0].length;
  for (const from of start === 0 ? [0] : [0, start]) {
    let text = string.slice(from).trimEnd();
    // A string may end in four commas of its own.
    for (let commas = 0; commas <= 5; commas++) {
      yield text;
      if (!text.endsWith(',')) break;
      text = text.slice(0, -1);
    }
  }
}

function checkJa4(hash: string, string: string, field: string): CheckedValue {
  if (hash !== '' && !JA4.test(hash)) throw new SensorError('bad_hash', field, 0, 'is no JA4 of a TLS client');
  if (string === '') return { value: { string: null, hash }, repair: null };
  const made = string.length <= MAX_JA4_STRING && JA4_R.test(string) ? hashOfJa4R(string) : null;
  if (hash === '') {
    if (made === null) throw new SensorError('bad_string', `${field}_r`, 0, 'is no ja4_r');
    return { value: { string, hash: made }, repair: null };
  }
  return made === hash
    ? { value: { string, hash }, repair: null }
    : { value: { string: null, hash }, repair: 'string_dropped' };
}

/** The a_b_c form of what is written out. */
function hashOfJa4R(string: string): string {
  const [a, ciphers = '', extensions = '', signatures] = string.split('_');
  const last = signatures === undefined ? extensions : `${extensions}_${signatures}`;
  return `${a}_${ciphers === '' ? NOTHING : sha256Prefix(ciphers)}_${extensions === '' ? NOTHING : sha256Prefix(last)}`;
}
