import { MAX_LAG, MAX_SECONDS } from './limits.js';

export const MAX_LAG_SECONDS = MAX_LAG / 1000;

export const DAY = 86_400;

/** Whole seconds of a time in milliseconds, as rows have them; what cannot be a time becomes the nearest that can. */
export function secondsOf(time: number): number {
  return Number.isFinite(time) ? Math.min(Math.max(Math.floor(time / 1000), 0), MAX_SECONDS) : 0;
}

/** The later of two times, unless what was last seen is so far ahead that its clock was wrong. In seconds. */
export function later(last: number, seconds: number): number {
  return last > seconds + MAX_LAG_SECONDS ? seconds : Math.max(last, seconds);
}
