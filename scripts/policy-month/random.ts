import { Random } from '../../bench/lib/random.js';

/** Numbers for one purpose: what one part of the month draws does not move what the others draw. */
export function stream(seed: number, purpose: string): Random {
  // FNV-1a over the name, mixed with the seed: xorshift does not mix small seeds by itself.
  let state = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (const character of purpose) state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193);
  const random = new Random(state | 0 || 1);
  for (let i = 0; i < 8; i++) random.u32();
  return random;
}

/** 0 to 1, 1 left out. */
export function fraction(random: Random): number {
  return random.u32() / 2 ** 32;
}

/** With this mean, over intervals without memory. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - fraction(random)) * mean;
}

/** How often something happens whose mean is `mean`: Knuth's method, for means up to some tens. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = fraction(random); product > limit; product *= fraction(random)) count++;
  return count;
}

/** One of these, each as likely as its weight. */
export function weighted<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  let at = fraction(random) * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    at -= weight;
    if (at < 0) return choice;
  }
  return choices.at(-1)![0];
}
