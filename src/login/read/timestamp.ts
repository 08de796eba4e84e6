import type { Timestamp } from '../../model/index.js';

/** What a line's own timestamp leaves open. */
export interface Clock {
  /**
   * Seconds since 1970-01-01 UTC of a wall clock where the log was written: most logs name no zone. Months from 1. Default: the zone of this process (TZ).
   */
  readonly wallClock?: (
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
  ) => number;
  /** Seconds since 1970-01-01 UTC that no line is later than, by more than a day: the file's last change, or now. For years, which BSD syslog leaves out. */
  readonly latest: () => number;
}

/** A timestamp at the start of a line, and how many characters it takes. */
export interface Stamp {
  readonly time: Timestamp;
  readonly length: number;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

// RFC 3164 section 4.1.2, and Dovecot's own default `%b %d %H:%M:%S `; journalctl -o short-precise adds a fraction
const BSD = /^([A-Z][a-z]{2}) ([ \d]?\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?= |$)/;
// RFC 3339 and the looser ISO 8601 forms of journalctl (+0000), of log_timestamp settings and of journalctl -o short-full (`Sun 2026-11-22 07:39:34 UTC`)
const ISO =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:(Z|[+-]\d\d:?\d\d)| ([A-Z]{1,5}|[+-]\d\d:?\d\d)(?= ))?(?= |$)/;
// journalctl -o short-unix
const UNIX = /^(\d{9,11})(?:\.(\d{1,9}))?(?= )/;

const DAY = 86_400;

/** Years to look at for a 29 February: from 2104 back to 2096. */
const YEARS = 9;

function ownZone(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Reads the timestamps at the start of log lines. Pure but for the clock it is given. */
export class StampReader {
  readonly #wallClock: NonNullable<Clock['wallClock']>;
  readonly #latest: Clock['latest'];
  /** The last BSD second, which a busy server repeats, and what was read of it. */
  #text = '';
  #last: Stamp | null = null;

  constructor({ wallClock, latest }: Clock) {
    this.#wallClock = wallClock ?? ownZone;
    this.#latest = latest;
  }

  /** null: no timestamp that is known stands at the start. */
  read(text: string): Stamp | null {
    const first = text.charCodeAt(0);
    const digit = first >= 0x30 && first <= 0x39;
    if (!digit) {
      const bsd = this.#bsd(text);
      if (bsd !== null) return bsd;
    }
    return this.#iso(text) ?? (digit ? unix(text) : null);
  }

  #bsd(text: string): Stamp | null {
    const last = this.#last;
    if (last !== null && text.startsWith(this.#text) && text.charCodeAt(last.length) === 0x20) return last;
    const match = BSD.exec(text);
    if (match === null) return null;
    const [whole, name, day, hour, minute, second, fraction] = match as unknown as [
      string,
      string,
      string,
      ...string[],
    ];
    const at = MONTHS.indexOf(name);
    if (at % 3 !== 0) return null;
    const seconds = this.#withoutYear(at / 3 + 1, Number(day), Number(hour), Number(minute), Number(second));
    if (seconds === null) return null;
    this.#text = whole;
    this.#last = { time: timestamp(seconds, fraction), length: whole.length };
    return this.#last;
  }

  /** The latest year in which it is not more than a day after what no line is later than: a day for clocks and zones that differ. */
  #withoutYear(month: number, day: number, hour: number, minute: number, second: number): number | null {
    const limit = this.#latest() + DAY;
    const last = new Date(limit * 1000).getUTCFullYear() + 1;
    for (let year = last; year > last - YEARS; year--) {
      if (!isTime(year, month, day, hour, minute, second)) continue;
      const seconds = this.#wallClock(year, month, day, hour, minute, second);
      if (seconds <= limit) return seconds;
    }
    return null;
  }

  #iso(text: string): Stamp | null {
    const match = ISO.exec(text);
    if (match === null) return null;
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (!isTime(year, month, day, hour, minute, second)) return null;
    const zone = match[8] ?? match[9];
    const east = zone === undefined ? null : offsetOf(zone);
    const seconds =
      east === null
        ? this.#wallClock(year, month, day, hour, minute, second)
        : Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - east;
    return { time: timestamp(seconds, match[7]), length: match[0].length };
  }
}

function unix(text: string): Stamp | null {
  const match = UNIX.exec(text);
  return match === null ? null : { time: timestamp(Number(match[1]), match[2]), length: match[0].length };
}

function isTime(year: number, month: number, day: number, hour: number, minute: number, second: number): boolean {
  // 60: a leap second, which POSIX time gives to the next minute
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second <= 60
  );
}

/** Seconds east of Greenwich; null for a zone's abbreviation, which says nothing certain (CST is three): journalctl prints that of the machine. */
function offsetOf(zone: string): number | null {
  if (zone === 'Z' || zone === 'UTC' || zone === 'GMT') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (match === null) return null;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === '-' ? -seconds : seconds;
}

function timestamp(seconds: number, fraction = ''): Timestamp {
  return { seconds, nanoseconds: fraction === '' ? 0 : Number(fraction.padEnd(9, '0')), digits: fraction.length };
}
