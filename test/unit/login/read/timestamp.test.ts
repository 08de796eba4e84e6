import { describe, expect, it } from 'vitest';
import { LineReader } from '../../../../src/login/index.js';
import { loginOf, utc } from '../../../harness/logins.js';

const line = (stamp: string): string => `${stamp} imap-login: Info: Login: user=<u>, rip=192.0.2.7, lip=192.0.2.1, TLS`;
const at = (text: string): number => Date.parse(text) / 1000;
const secondsOf = (stamp: string, latest: string): number =>
  loginOf(line(stamp), { latest: () => at(latest) }).time.seconds;

describe('a timestamp without a year', () => {
  it.each([
    // RFC 3164 section 4.1.2: a space before a day of one digit
    ['Nov 22 07:48:35', '2026-11-22T07:48:40Z', '2026-11-22T07:48:35Z'],
    ['Nov  2 07:48:35', '2026-11-22T00:00:00Z', '2026-11-02T07:48:35Z'],
    ['Dec 31 23:59:59', '2027-01-01T00:10:00Z', '2026-12-31T23:59:59Z'],
    ['Jan  1 00:00:01', '2027-01-01T00:10:00Z', '2027-01-01T00:00:01Z'],
    // a clock that is ahead of the file's, or in another zone
    ['Jan  1 00:10:00', '2026-12-31T23:50:00Z', '2027-01-01T00:10:00Z'],
    ['Nov 23 07:00:00', '2026-11-22T07:00:00Z', '2026-11-23T07:00:00Z'],
    ['Nov 23 07:00:01', '2026-11-22T07:00:00Z', '2025-11-23T07:00:01Z'],
    ['Feb 29 12:00:00', '2026-11-22T00:00:00Z', '2024-02-29T12:00:00Z'],
    // 2100 is no leap year
    ['Feb 29 12:00:00', '2103-11-22T00:00:00Z', '2096-02-29T12:00:00Z'],
  ])('%s in a file last written %s is %s', (stamp, latest, wanted) => {
    expect(secondsOf(stamp, latest)).toBe(at(wanted));
  });

  it('follows what no line is later than, while a log is followed into the new year', () => {
    let latest = at('2026-12-31T23:59:59Z');
    const reader = new LineReader({ latest: () => latest, wallClock: utc });
    const seconds = (stamp: string) => {
      const login = reader.read(line(stamp));
      return login !== null && 'time' in login ? login.time.seconds : null;
    };
    expect(seconds('Dec 31 23:59:59')).toBe(at('2026-12-31T23:59:59Z'));
    latest = at('2027-06-01T00:00:00Z');
    expect(seconds('Jun  1 00:00:00')).toBe(at('2027-06-01T00:00:00Z'));
  });
});

describe('a timestamp with a year', () => {
  it.each([
    ['2026-11-22T07:48:35Z', '2026-11-22T07:48:35Z', 0, 0],
    ['2026-11-22T07:48:35.123456+00:00', '2026-11-22T07:48:35Z', 123_456_000, 6],
    ['2026-11-22T07:48:35+0530', '2026-11-22T02:18:35Z', 0, 0],
    ['2026-11-22T07:48:35,5-02:00', '2026-11-22T09:48:35Z', 500_000_000, 1],
    ['2026-11-22 07:48:35', '2026-11-22T07:48:35Z', 0, 0],
    ['2026-11-22 07:48:35 +0100', '2026-11-22T06:48:35Z', 0, 0],
    ['Sun 2026-11-22 07:48:35 UTC', '2026-11-22T07:48:35Z', 0, 0],
    // an abbreviation says nothing certain: the zone of the log
    ['Sun 2026-11-22 07:48:35 CST', '2026-11-22T07:48:35Z', 0, 0],
    ['1795333715.597059', '2026-11-22T07:48:35Z', 597_059_000, 6],
    ['1795333715', '2026-11-22T07:48:35Z', 0, 0],
  ])('%s', (stamp, wanted, nanoseconds, digits) => {
    expect(loginOf(line(stamp)).time).toEqual({ seconds: at(wanted), nanoseconds, digits });
  });

  it('is in the zone of the log where it names none', () => {
    const wallClock = (...moment: Parameters<typeof utc>) => utc(...moment) - 3600;
    expect(loginOf(line('2026-11-22 07:48:35'), { wallClock }).time.seconds).toBe(at('2026-11-22T06:48:35Z'));
    expect(loginOf(line('Nov 22 07:48:35'), { wallClock }).time.seconds).toBe(at('2026-11-22T06:48:35Z'));
    expect(loginOf(line('2026-11-22T07:48:35Z'), { wallClock }).time.seconds).toBe(at('2026-11-22T07:48:35Z'));
  });
});

it.each([
  'Nov 31 07:48:35',
  'Nov 22 24:48:35',
  'Nov 22 07:60:35',
  'Xxx 22 07:48:35',
  'ovN 22 07:48:35',
  '2026-13-22T07:48:35Z',
  '2026-02-29T07:48:35Z',
  '22/Nov/2026:07:48:35',
  '',
  '12345',
])('refuses a login line whose time is %j', (stamp) => {
  const found = new LineReader({ latest: () => at('2026-12-01T00:00:00Z') }).read(line(stamp));
  expect(found).toMatchObject({ code: 'log_timestamp', field: 'timestamp' });
});
