import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteBudget } from '../../../src/bytes/budget.js';
import { HeldBytes } from '../../../src/capture/tcp/held.js';

const runs = process.env.CI === 'true' ? 10_000 : 1_000;
const span = 64;
const moment = { frame: 1, timestamp: { seconds: 0, nanoseconds: 0, digits: 0 } };

/** What is held, laid out from `base` on: -1 where nothing is. Says so where pieces overlap or are out of order. */
function layout(held: HeldBytes, base: number): number[] {
  const bytes = Array.from({ length: span * 2 }, () => -1);
  for (let at = 0; at < span * 2; ) {
    const piece = held.from((base + at) | 0);
    if (piece === undefined) break;
    const offset = (piece.sequence - base) | 0;
    expect(offset).toBeGreaterThanOrEqual(at);
    bytes.splice(offset, piece.bytes.length, ...piece.bytes);
    at = offset + piece.bytes.length;
  }
  return bytes;
}

it('HeldBytes holds what an array would in which the first write of a byte stays', () => {
  const command = fc.oneof(
    { weight: 5, arbitrary: fc.record({ at: fc.nat(span), length: fc.integer({ min: 1, max: span }) }) },
    { weight: 1, arbitrary: fc.record({ forget: fc.nat(span * 2) }) },
  );
  const base = fc.oneof(fc.integer(), fc.constantFrom(0xffff_ffe0 | 0, 0x7fff_ffe0, -0x8000_0000, 0));
  fc.assert(
    fc.property(base, fc.array(command, { maxLength: 30 }), (start, commands) => {
      const budget = new ByteBudget(1 << 30);
      const held = new HeldBytes(budget);
      const model = Array.from({ length: span * 2 }, () => -1);
      let stamp = 0;
      for (const each of commands) {
        if ('forget' in each) {
          // Whole pieces before it go; as in use, it is the end of a piece or a hole.
          const from = each.forget;
          if (
            model[from] !== -1 &&
            model[from - 1] !== -1 &&
            held.from((start + from) | 0)?.sequence !== ((start + from) | 0)
          ) {
            continue;
          }
          held.forgetBefore((start + from) | 0);
          model.fill(-1, 0, from);
        } else {
          stamp = (stamp + 1) & 255;
          // The bytes lie somewhere in a buffer that is used again.
          const buffer = new Uint8Array(each.length + 7).fill(stamp);
          held.add((start + each.at) | 0, buffer, 3, 3 + each.length, moment);
          buffer.fill(0xee);
          for (let at = each.at; at < each.at + each.length; at++) if (model[at] === -1) model[at] = stamp;
        }
        expect(layout(held, start)).toEqual(model);
        expect(held.size).toBeGreaterThanOrEqual(model.filter((byte) => byte !== -1).length);
        expect(held.size === 0).toBe(model.every((byte) => byte === -1));
        expect(budget.held).toBe(held.size);
      }
      held.release();
      expect(budget.held).toBe(0);
      expect(held.from(start)).toBeUndefined();
    }),
    { numRuns: runs },
  );
});
