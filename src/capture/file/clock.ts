import type { Timestamp } from '../../model/index.js';

const tenPowers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/** How one interface counts time (pcapng section 4.2: if_tsresol and if_tsoffset). */
export interface Clock {
  /** Ticks a second. */
  readonly ticks: bigint;
  /** Decimal digits worth printing. */
  readonly digits: number;
  /** Seconds to add. */
  readonly offset: bigint;
  /** `2^32 / ticks`, to get at whole seconds without big integers. */
  readonly secondsPerHighWord: number;
  readonly secondsPerTick: number;
}

/** @param resolution the if_tsresol byte: most significant bit 0 for powers of ten, 1 for powers of two */
export function clock(resolution: number, offset: bigint): Clock {
  const exponent = resolution & 0x7f;
  const ticks = (resolution & 0x80) === 0 ? 10n ** BigInt(exponent) : 2n ** BigInt(exponent);
  const digits = (resolution & 0x80) === 0 ? exponent : Math.ceil(exponent * Math.LOG10E * Math.LN2);
  return {
    ticks,
    digits: Math.min(digits, 9),
    offset,
    secondsPerHighWord: 4_294_967_296 / Number(ticks),
    secondsPerTick: 1 / Number(ticks),
  };
}

/** pcapng section 4.2: without if_tsresol the clock has microseconds. */
export const microsecondClock = clock(6, 0n);

/** Whole seconds of a 64-bit count, close enough for expiry. */
export function approximateSeconds(c: Clock, high: number, low: number): number {
  return Math.floor(high * c.secondsPerHighWord + low * c.secondsPerTick) + Number(c.offset);
}

/** The exact time of a 64-bit count of ticks. */
export function exactTime(c: Clock, high: number, low: number): Timestamp {
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  const seconds = ticks / c.ticks;
  const nanoseconds = ((ticks - seconds * c.ticks) * 1_000_000_000n) / c.ticks;
  return { seconds: Number(seconds + c.offset), nanoseconds: Number(nanoseconds), digits: c.digits };
}

/** Classic pcap: seconds and a fraction in micro- or nanoseconds; a fraction past the second is carried over. */
export function classicTime(seconds: number, fraction: number, digits: 6 | 9): Timestamp {
  const scale = tenPowers[digits]!;
  const carry = Math.floor(fraction / scale);
  return { seconds: seconds + carry, nanoseconds: (fraction - carry * scale) * tenPowers[9 - digits]!, digits };
}
