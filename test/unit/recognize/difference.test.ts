import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJa3String } from '../../../src/fingerprint/index.js';
import { differenceOf } from '../../../src/recognize/index.js';

const between = (a: string, b: string) => differenceOf(parseJa3String(a), parseJa3String(b));
const nothing = { added: [], dropped: [], moved: [] };

describe('differenceOf', () => {
  it('is null where nothing differs', () => {
    expect(between('771,1-2,3-4,5,0', '771,1-2,3-4,5,0')).toBeNull();
  });

  it('tells of every list, and of the version', () => {
    expect(between('771,1-2-9,3-4,5,0', '769,1-2,4-3,6,0-1')).toEqual({
      version: [771, 769],
      cipherSuites: { added: [9], dropped: [], moved: [] },
      extensions: { added: [], dropped: [], moved: [expect.any(Number)] },
      supportedGroups: { added: [5], dropped: [6], moved: [] },
      ecPointFormats: { added: [], dropped: [1], moved: [] },
    });
  });

  it('lists in the order of appearance', () => {
    const { extensions } = between('771,,51-0-43-21,,', '771,,18-43-0-5,,')!;
    expect(extensions.added).toEqual([51, 21]);
    expect(extensions.dropped).toEqual([18, 5]);
    expect(extensions.moved).toHaveLength(1);
  });

  it('counts one value that moved as one move', () => {
    expect(between('771,,41-0-10-11-13-43,,', '771,,0-10-11-13-43-41,,')!.extensions).toEqual({
      ...nothing,
      moved: [41],
    });
  });

  it('meets duplicates one by one', () => {
    expect(between('771,,0-0-10,,', '771,,0-10,,')!.extensions).toEqual({ ...nothing, added: [0] });
    expect(between('771,,0-10,,', '771,,0-10-0,,')!.extensions).toEqual({ ...nothing, dropped: [0] });
  });

  it('moves as few as can be', () => {
    const list = Array.from({ length: 7 }, (_, i) => i);
    fc.assert(
      fc.property(fc.shuffledSubarray(list, { minLength: 7 }), (permuted) => {
        const moved = between(`771,,${permuted.join('-')},,`, `771,,${list.join('-')},,`)?.extensions.moved ?? [];
        // Without those, the rest is in order; with any fewer taken out, it would not be.
        const ascends = (some: readonly number[]) => some.every((value, i) => i === 0 || some[i - 1]! < value);
        expect(ascends(permuted.filter((value) => !moved.includes(value)))).toBe(true);
        expect(list.length - moved.length).toBe(longestAscending(permuted, ascends));
      }),
    );
  });
});

/** By trying every subset. */
function longestAscending(values: readonly number[], ascends: (some: readonly number[]) => boolean): number {
  let longest = 0;
  for (let bits = 0; bits < 1 << values.length; bits++) {
    const some = values.filter((_, i) => (bits & (1 << i)) !== 0);
    if (some.length > longest && ascends(some)) longest = some.length;
  }
  return longest;
}
