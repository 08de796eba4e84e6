import type { Timestamp } from '../model/index.js';
import { type RowBytes, TEN_POWERS } from './row-bytes.js';

/** RFC 3339 section 5.6 has four digits for the year: 0000 to 9999. */
const FIRST_SECOND = -62_167_219_200;
const LAST_SECOND = 253_402_300_799;

let cachedSecond = Number.NaN;
let cachedText = '';
/** The text as JSON begins, with its opening quote. */
let cachedBytes: Uint8Array = new Uint8Array(0);

/** `2026-11-22T04:28:45`, UTC; null outside the years 0000 to 9999. Hellos come in bursts: the last second's text is kept. */
function secondText(seconds: number): string | null {
  if (seconds === cachedSecond) return cachedText;
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) return null;
  cachedText = new Date(seconds * 1000).toISOString().slice(0, 19);
  cachedBytes = Buffer.from(`"${cachedText}`);
  cachedSecond = seconds;
  return cachedText;
}

/** RFC 3339 in UTC with as many digits as the capture's clock has: `2026-11-22T04:28:45.123456Z`. null: a year that RFC 3339 cannot write. */
export function formatTimestamp(timestamp: Timestamp): string | null {
  const text = secondText(timestamp.seconds);
  if (text === null) return null;
  if (timestamp.digits === 0) return `${text}Z`;
  return `${text}.${String(timestamp.nanoseconds).padStart(9, '0').slice(0, timestamp.digits)}Z`;
}

/** {@link formatTimestamp} as JSON: quoted, or `null`. */
export function writeTimestamp(row: RowBytes, timestamp: Timestamp): void {
  if (secondText(timestamp.seconds) === null) {
    row.ascii('null');
    return;
  }
  const { digits } = timestamp;
  row.bytes(cachedBytes);
  if (digits > 0) {
    row.ascii('.');
    row.decimal(Math.floor(timestamp.nanoseconds / TEN_POWERS[9 - digits]!), digits);
  }
  row.ascii('Z"');
}

/** Suricata's form, in UTC: `2026-11-22T04:28:45.123456+0000`, microseconds always. */
export function formatEveTimestamp(timestamp: Timestamp): string | null {
  const text = secondText(timestamp.seconds);
  if (text === null) return null;
  return `${text}.${String(timestamp.nanoseconds).padStart(9, '0').slice(0, 6)}+0000`;
}

/** For a table: `2026-11-22 04:28:45`, UTC; empty where RFC 3339 has no year for it. */
export function formatTableTime(timestamp: Timestamp): string {
  return secondText(timestamp.seconds)?.replace('T', ' ') ?? '';
}
