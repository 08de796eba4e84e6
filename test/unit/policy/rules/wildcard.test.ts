import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesLike } from '../../../../src/policy/rules/wildcard.js';

/** The same by the engine of regular expressions. */
function byRegExp(pattern: string, text: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(text);
}

describe('names with wildcards', () => {
  it('fit as a regular expression says', () => {
    const letters = (...units: string[]) =>
      fc.array(fc.constantFrom(...units), { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(
      fc.property(letters('a', 'b', '.', '*'), letters('a', 'b', '.'), (pattern, text) => {
        expect(namesLike([pattern], 100)(text)).toBe(byRegExp(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('fit one of many patterns, upper and lower case being one', () => {
    const isLike = namesLike(['Root', '*@TEST.example', 'a*'], 30);
    expect(['ROOT', 'x@test.example', 'Abc', 'rooty', 'x@test.example.org'].map(isLike)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('do not fit where they are too long', () => {
    expect(namesLike(['*'], 5)('12345')).toBe(true);
    expect(namesLike(['*'], 5)('123456')).toBe(false);
  });
});
