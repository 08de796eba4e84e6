import { describe, expect, it } from 'vitest';
import { formatEveTimestamp, formatTableTime, formatTimestamp } from '../../../src/report/timestamp.js';

const at = (seconds: number, nanoseconds = 0, digits = 6) => ({ seconds, nanoseconds, digits });

describe('formatTimestamp', () => {
  // The examples of RFC 3339 section 5.8, in UTC.
  it.each([
    ['1985-04-12T23:20:50.52Z', at(482_196_050, 520_000_000, 2)],
    ['1996-12-20T00:39:57Z', at(851_042_397, 0, 0)],
    ['1937-01-01T11:40:27.87Z', at(-1_041_337_173, 870_000_000, 2)],
  ])('writes %s', (text, timestamp) => {
    expect(formatTimestamp(timestamp)).toBe(text);
  });

  it('has as many digits as the clock', () => {
    const digits = Array.from({ length: 10 }, (_, n) => formatTimestamp(at(0, 12_345_678, n)));
    expect(digits.slice(0, 3)).toEqual(['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.0Z', '1970-01-01T00:00:00.01Z']);
    expect(digits[6]).toBe('1970-01-01T00:00:00.012345Z');
    expect(digits[9]).toBe('1970-01-01T00:00:00.012345678Z');
  });

  it('agrees with Date over the years, second after second', () => {
    for (const seconds of [-62_167_219_200, -1, 0, 951_782_399, 951_782_400, 4_102_444_799, 253_402_300_799]) {
      expect(formatTimestamp(at(seconds, 0, 3))).toBe(new Date(seconds * 1000).toISOString());
    }
  });

  it('has no text for a year that RFC 3339 cannot write', () => {
    for (const seconds of [253_402_300_800, -62_167_219_201, 2 ** 53, 2 ** 64, -(2 ** 60), Number.NaN]) {
      expect(formatTimestamp(at(seconds))).toBeNull();
      expect(formatEveTimestamp(at(seconds))).toBeNull();
      expect(formatTableTime(at(seconds))).toBe('');
    }
  });
});

describe('formatEveTimestamp', () => {
  it("has Suricata's form: microseconds and a numeric zone", () => {
    expect(formatEveTimestamp(at(1_548_155_893, 156_816_000, 9))).toBe('2019-01-22T11:18:13.156816+0000');
  });
});
