import { expect } from 'vitest';
import type { DialogueStep, Side, Verdict } from '../../src/dialects/index.js';

/** Anything that is pushed like a dialogue: the finder, or one dialogue alone. */
export interface Machine {
  readonly name: string | null;
  push(side: Side, bytes: Uint8Array): DialogueStep;
}

export interface Chunk {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

export interface Outcome {
  readonly name: string | null;
  /** `wait` reads as `more`: both say that nothing is decided. */
  readonly verdict: Verdict;
  readonly client: number;
  readonly server: number;
}

/** The model of a caller: keeps what was not consumed, and gives both sides again until neither consumes any. */
export function follow(machine: Machine, chunks: Iterable<Chunk>): Outcome {
  const held: Record<Side, Uint8Array> = { client: new Uint8Array(), server: new Uint8Array() };
  const consumed: Record<Side, number> = { client: 0, server: 0 };
  let verdict: Verdict = 'more';
  const give = (side: Side): number => {
    if (held[side].length === 0 || isFinal(verdict)) return 0;
    const step = machine.push(side, held[side]);
    expect(Number.isInteger(step.consumed) && step.consumed >= 0 && step.consumed <= held[side].length).toBe(true);
    if (step.verdict === 'wait') expect(step.consumed).toBeLessThan(held[side].length);
    held[side] = held[side].subarray(step.consumed);
    consumed[side] += step.consumed;
    verdict = step.verdict;
    return step.consumed;
  };
  for (const { side, bytes } of chunks) {
    if (isFinal(verdict)) break;
    held[side] = Buffer.concat([held[side], bytes]);
    const other = side === 'client' ? 'server' : 'client';
    while (give(side) + give(other) > 0);
  }
  const decided: Verdict = verdict;
  return { name: machine.name, verdict: isFinal(decided) ? decided : 'more', ...consumed };
}

export function isFinal(verdict: Verdict): boolean {
  return verdict !== 'more' && verdict !== 'wait';
}

/** Every chunk cut into pieces of `size` bytes. */
export function* inPieces(chunks: Iterable<Chunk>, size: number): Generator<Chunk> {
  for (const { side, bytes } of chunks) {
    for (let at = 0; at < bytes.length; at += size) yield { side, bytes: bytes.subarray(at, at + size) };
  }
}

/** One side's bytes in one piece. */
export function joined(chunks: readonly Chunk[], side: Side): Uint8Array {
  return Buffer.concat(chunks.filter((chunk) => chunk.side === side).map((chunk) => chunk.bytes));
}

/** Every order in which two sequences can be merged that keeps each one's own order. */
export function* merges<T>(left: readonly T[], right: readonly T[]): Generator<T[]> {
  if (left.length === 0 || right.length === 0) {
    yield [...left, ...right];
    return;
  }
  for (const rest of merges(left.slice(1), right)) yield [left[0]!, ...rest];
  for (const rest of merges(left, right.slice(1))) yield [right[0]!, ...rest];
}

/**
 * What every dialogue has to keep: the outcome is the same whole, byte by byte, cut in two at every byte, and in every order in which the two
 * sides' chunks may come in (up to `mostMerges` of them), as long as each side's own bytes keep theirs.
 */
export function expectSameHoweverDelivered(
  start: () => Machine,
  chunks: readonly Chunk[],
  expected: Outcome,
  mostMerges = 1000,
): void {
  expect(follow(start(), chunks), 'as written').toEqual(expected);
  expect(follow(start(), inPieces(chunks, 1)), 'byte by byte').toEqual(expected);
  chunks.forEach((chunk, i) => {
    for (let cut = 1; cut < chunk.bytes.length; cut++) {
      const halves = [chunk.bytes.subarray(0, cut), chunk.bytes.subarray(cut)].map((bytes) => ({ ...chunk, bytes }));
      const cutOnce = [...chunks.slice(0, i), ...halves, ...chunks.slice(i + 1)];
      expect(follow(start(), cutOnce), `chunk ${i} cut at ${cut}`).toEqual(expected);
    }
  });
  const sides = (['client', 'server'] as const).map((side) => ({ side, bytes: joined(chunks, side) }));
  for (const order of [sides, sides.toReversed()]) {
    expect(follow(start(), order), `first all of the ${order[0]!.side}`).toEqual(expected);
    expect(follow(start(), inPieces(order, 1)), `first all of the ${order[0]!.side}, byte by byte`).toEqual(expected);
  }
  const of = (side: Side) => chunks.filter((chunk) => chunk.side === side);
  let left = mostMerges;
  for (const order of merges(of('client'), of('server'))) {
    if (left-- === 0) break;
    expect(follow(start(), order), order.map((chunk) => chunk.side[0]).join('')).toEqual(expected);
  }
}
