/**
 * How far `a` lies behind `b` on the circle of 2^32 sequence numbers (RFC 9293 section 3.4): positive when a comes later, negative when earlier.
 * Both may be signed or unsigned words.
 */
export function sequenceDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** The sequence number `count` bytes on. */
export function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) | 0;
}
