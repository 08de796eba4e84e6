import { SensorError } from '../errors.js';
import type { Timestamp } from '../model/index.js';
import { MAX_NAME_LENGTH, MAX_WIRE_TEXT } from './limits.js';
import type { JsonObject } from './rows.js';

/** Half of a pair that UTF-16 needs two for: it has no form in UTF-8, so what is stored would not be what was read. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * A text that may be there: trimmed; empty where it is not.
 *
 * @throws SensorError `bad_text`
 */
export function optionalText(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new SensorError('bad_text', field, 0, 'is no text');
  const text = value.trim();
  if (text.length > MAX_NAME_LENGTH) throw new SensorError('bad_text', field, 0, 'is too long');
  if (text.includes('\0') || loneSurrogate.test(text)) {
    throw new SensorError('bad_text', field, 0, 'has characters that are none');
  }
  return text;
}

/** @throws SensorError `bad_text`, `missing_value` */
export function requiredText(value: unknown, field: string): string {
  const text = optionalText(value, field);
  if (text === '') throw new SensorError('missing_value', field, 0, 'is missing');
  return text;
}

/** A text of the wire, such as a server name: kept to the last character. null where it is not there. */
export function wireText(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length > MAX_WIRE_TEXT || loneSurrogate.test(value)) {
    throw new SensorError('bad_text', field, 0, 'is no text, or too long for one');
  }
  return value;
}

/**
 * Protocol names of application_layer_protocol_negotiation, in their order; null where they are not there.
 *
 * @throws SensorError `bad_text`
 */
export function wireTexts(value: unknown, field: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw new SensorError('bad_text', field, 0, 'is no list');
  return value.map((item) => {
    const text = wireText(item, field);
    if (text === null) throw new SensorError('bad_text', field, 0, 'has a member that is no text');
    return text;
  });
}

/** A string to be checked elsewhere, or null. */
export function stringOrNull(object: JsonObject, key: string): string | null {
  const value = object[key];
  return typeof value === 'string' ? value : null;
}

/** @throws SensorError `bad_number` */
export function port(value: unknown, field: string): number {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new SensorError('bad_number', field, 0, 'is no port');
  }
  return Number(text);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * An address as RFC 5952 writes it.
 *
 * @throws SensorError `bad_address`
 */
export function address(value: unknown, field: string): string {
  if (typeof value === 'string') {
    if (IPV4.test(value)) return value;
    const ipv6 = /^[0-9a-f:.]{2,45}$/i.test(value) && value.includes(':') ? canonicalIpv6(value) : null;
    if (ipv6 !== null) return ipv6;
  }
  throw new SensorError('bad_address', field, 0, 'is no address');
}

/** The URL standard shortens IPv6 addresses as RFC 5952 does, but for IPv4-mapped ones (section 5). */
function canonicalIpv6(text: string): string | null {
  const url = `http://[${text}]/`;
  if (!URL.canParse(url)) return null;
  const ip = new URL(url).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(ip);
  if (mapped === null) return ip;
  const words = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return `::ffff:${words.flatMap((word) => [word >>> 8, word & 255]).join('.')}`;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,15}))?(?:Z|([+-])(\d\d):?(\d\d))?$/;
const EPOCH = /^(-?\d{1,13})(?:\.(\d{1,15}))?$/;

/** Beyond the year 5000 seconds are milliseconds: Zeek can be told to write those. */
const MILLISECONDS_FROM = 100_000_000_000;

/**
 * A time as logs write it: RFC 3339 with or without a colon in its offset (none: UTC), or seconds since 1970 (milliseconds, where they would lie beyond
 * the year 5000).
 *
 * @throws SensorError `bad_time`
 */
export function time(value: unknown, field: string): Timestamp {
  const text = typeof value === 'number' ? String(value) : value;
  const timestamp = typeof text === 'string' ? (ofDate(text) ?? ofEpoch(text)) : null;
  if (timestamp === null) throw new SensorError('bad_time', field, 0, 'is no time');
  return timestamp;
}

function ofDate(text: string): Timestamp | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const milliseconds = Date.parse(iso);
  // 30 February would become 1 March.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso) return null;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * (sign === '-' ? -1 : 1);
  return withFraction(milliseconds / 1000 - offset, fraction);
}

function ofEpoch(text: string): Timestamp | null {
  const match = EPOCH.exec(text);
  if (match === null) return null;
  const whole = Number(match[1]);
  if (Math.abs(whole) < MILLISECONDS_FROM) {
    const fraction = match[2] ?? '';
    if (!text.startsWith('-') || /^0*$/.test(fraction)) return withFraction(whole, fraction);
    // -0.25 is second -1 and three quarters.
    const { nanoseconds, digits } = withFraction(0, fraction);
    return { seconds: whole - 1, nanoseconds: 1_000_000_000 - nanoseconds, digits };
  }
  const seconds = Math.floor(whole / 1000);
  return { seconds, nanoseconds: (whole - seconds * 1000) * 1_000_000, digits: 3 };
}

/** Digits beyond nanoseconds are cut. */
function withFraction(seconds: number, fraction: string): Timestamp {
  const digits = fraction.slice(0, 9);
  return { seconds, nanoseconds: Number(digits.padEnd(9, '0')), digits: digits.length };
}
