import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from '../../../../src/policy/client/breaker.js';

describe('Breaker', () => {
  let now = 0;
  let breaker: Breaker;
  beforeEach(() => {
    now = 1000;
    breaker = new Breaker(3, 500, () => now);
  });

  function fail(times: number): boolean[] {
    return Array.from({ length: times }, () => breaker.failed(breaker.admit()!));
  }

  it('opens at the third failure in a row, and says so once', () => {
    expect(fail(3)).toEqual([false, false, true]);
    expect(breaker.admit()).toBeNull();
    expect(breaker.refuses).toBe(true);
  });

  it('begins to count again after a success', () => {
    fail(2);
    expect(breaker.succeeded()).toBe(false);
    expect(fail(2)).toEqual([false, false]);
    expect(breaker.admit()).toBe('usual');
  });

  it('lets one through when its time is over, and closes when that succeeds', () => {
    fail(3);
    now += 499;
    expect(breaker.admit()).toBeNull();
    now += 1;
    expect(breaker.refuses).toBe(false);
    expect(breaker.admit()).toBe('probe');
    expect(breaker.admit()).toBeNull();
    expect(breaker.succeeded()).toBe(true);
    expect(breaker.admit()).toBe('usual');
    expect(fail(2)).toEqual([false, false]);
  });

  it('stays open for as long again when that fails', () => {
    fail(3);
    now += 500;
    expect(breaker.failed(breaker.admit()!)).toBe(false);
    now += 499;
    expect(breaker.admit()).toBeNull();
    now += 1;
    expect(breaker.admit()).toBe('probe');
  });

  it('is not moved by late failures of those that were let through before', () => {
    const early = [breaker.admit()!, breaker.admit()!];
    fail(3);
    now += 400;
    expect(breaker.failed(early[0]!)).toBe(false);
    now += 100;
    expect(breaker.admit()).toBe('probe');
    expect(breaker.failed(early[1]!)).toBe(false);
    expect(breaker.admit()).toBeNull();
  });

  it('closes with a late success, and a probe that then fails is counted by nobody', () => {
    fail(3);
    now += 500;
    const probe = breaker.admit()!;
    expect(breaker.succeeded()).toBe(true);
    expect(breaker.failed(probe)).toBe(false);
    expect(breaker.admit()).toBe('usual');
  });
});
