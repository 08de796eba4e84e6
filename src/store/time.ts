import type { Timestamp } from '../model/index.js';

/** A capture can claim any 64-bit time. Beyond what a number holds exactly it means nothing, and is stored as the last moment that fits. */
export function safeSeconds(seconds: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, seconds));
}

/** A stored moment. How exact its clock was is not stored: as many digits as are needed, of those clocks have. */
export function timestampOf(seconds: number, nanoseconds: number): Timestamp {
  const digits = nanoseconds === 0 ? 0 : nanoseconds % 1_000_000 === 0 ? 3 : nanoseconds % 1_000 === 0 ? 6 : 9;
  return { seconds, nanoseconds, digits };
}
