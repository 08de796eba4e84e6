import { SensorError } from '../errors.js';
import { MAX_JA3_LIST, MAX_JA3_STRING } from './limits.js';

/** What a JA3-like string lists, in its order: duplicates and GREASE as they stand there. An empty field is an empty list. */
export interface Ja3Lists {
  /** legacy_version, 0 to 65,535. */
  readonly version: number;
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly supportedGroups: readonly number[];
  /** 0 to 255 each. */
  readonly ecPointFormats: readonly number[];
}

const FIELDS = ['version', 'cipher_suites', 'extensions', 'supported_groups', 'ec_point_formats'] as const;

/**
 * Reads `version,ciphers,extensions,groups,point_formats` (ja3, ja3n and ssl_ja3 share the shape) strictly: five fields, decimal numbers of their wire size
 * without leading zeros, `-` between them and nothing else.
 *
 * @throws SensorError `bad_ja3_string`; `ja3_too_long` beyond MAX_JA3_STRING characters or MAX_JA3_LIST numbers. The offset counts characters
 */
export function parseJa3String(string: string): Ja3Lists {
  if (string.length > MAX_JA3_STRING) {
    throw new SensorError(
      'ja3_too_long',
      'ja3',
      MAX_JA3_STRING,
      `${string.length} characters: ${MAX_JA3_STRING} is the most`,
    );
  }
  const fields = string.split(',');
  if (fields.length !== FIELDS.length) {
    throw new SensorError(
      'bad_ja3_string',
      'ja3',
      0,
      `${fields.length} fields where a JA3 string has ${FIELDS.length}`,
    );
  }
  let offset = 0;
  const [version, cipherSuites, extensions, supportedGroups, ecPointFormats] = fields.map((text, i) => {
    const list = numbers(text, FIELDS[i]!, offset, i === 4 ? 0xff : 0xffff);
    offset += text.length + 1;
    return list;
  }) as [number[], number[], number[], number[], number[]];
  if (version.length !== 1) throw new SensorError('bad_ja3_string', 'version', 0, `${version.length} versions`);
  return { version: version[0]!, cipherSuites, extensions, supportedGroups, ecPointFormats };
}

/** True where `parseJa3String` would read it. */
export function isJa3String(string: string): boolean {
  try {
    parseJa3String(string);
    return true;
  } catch (error) {
    if (error instanceof SensorError) return false;
    throw error;
  }
}

const DASH = 0x2d;
const ZERO = 0x30;

/** Character by character: an index of some thousand strings is read whenever a command starts. */
function numbers(text: string, field: string, offset: number, largest: number): number[] {
  const list: number[] = [];
  for (let at = 0; text !== '' && at <= text.length; at++) {
    const start = at;
    let value = 0;
    for (; at < text.length && text.charCodeAt(at) !== DASH; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      const leadingZero = value === 0 && at > start;
      if (digit < 0 || digit > 9 || leadingZero || value > largest) throw noNumber(field, offset + start, largest);
      value = 10 * value + digit;
    }
    if (at === start || value > largest) throw noNumber(field, offset + start, largest);
    if (list.length === MAX_JA3_LIST) {
      throw new SensorError('ja3_too_long', field, offset + start, `more than ${MAX_JA3_LIST} numbers`);
    }
    list.push(value);
  }
  return list;
}

function noNumber(field: string, offset: number, largest: number): SensorError {
  return new SensorError('bad_ja3_string', field, offset, `is no number up to ${largest}`);
}
