import { UsageError } from './exit-codes.js';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * A moment in seconds since 1970-01-01 UTC: `now`, an age (`12h`), a day or a time of RFC 3339; without a zone it is this machine's.
 *
 * @param now the same of the present
 * @throws UsageError
 */
export function moment(text: string, now: number): number {
  if (text === 'now') return now;
  const age = /^(\d{1,6})([smhdw])$/.exec(text);
  if (age !== null) return now - Number(age[1]) * UNITS[age[2]!]!;
  if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) {
    // A day alone would be taken as UTC's.
    const milliseconds = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
    if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  }
  throw new UsageError(`--since ${text} is no moment: 2026-11-22, 2026-11-22T07:00:00Z, 90m, 12h, 7d, now`);
}
