import { describe, expect, it } from 'vitest';
import { MAX_COUNTED_ADDRESSES } from '../../../../src/policy/server/limits.js';
import { Rates } from '../../../../src/policy/server/rates.js';

describe('rates', () => {
  let now = 0;
  const start = (perSecond: number, burst: number) => {
    now = 1000;
    return new Rates({ perSecond, burst }, () => now);
  };

  it('let so many at once, and then one for each part of a second', () => {
    const rates = start(4, 3);
    expect([1, 2, 3, 4].map(() => rates.take('192.0.2.1'))).toEqual([0, 0, 0, 1]);
    now += 249;
    expect(rates.take('192.0.2.1')).toBe(1);
    now += 1;
    expect([rates.take('192.0.2.1'), rates.take('192.0.2.1')]).toEqual([0, 1]);
  });

  it('save no more up than may be asked at once', () => {
    const rates = start(1000, 2);
    now += 86_400_000;
    expect([1, 2, 3].map(() => rates.take('192.0.2.1'))).toEqual([0, 0, 1]);
  });

  it('tell how long it takes', () => {
    const rates = start(0.01, 1);
    expect([rates.take('192.0.2.1'), rates.take('192.0.2.1')]).toEqual([0, 100]);
    now += 40_000;
    expect(rates.take('192.0.2.1')).toBe(60);
  });

  it('count each address for itself, and forget the longest unseen', () => {
    const rates = start(0.001, 1);
    expect(rates.take('first')).toBe(0);
    expect(rates.take('second')).toBe(0);
    expect(rates.take('first')).toBeGreaterThan(0);
    for (let i = 2; i < MAX_COUNTED_ADDRESSES; i++) rates.take(`${i}`);
    expect(rates.take('one more')).toBe(0);
    expect(rates.take('first')).toBeGreaterThan(0);
    expect(rates.take('second')).toBe(0);
  });
});
