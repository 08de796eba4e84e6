import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../../src/policy/server/json-fault.js';
import { fuzzParameters } from '../../../harness/fuzz.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '"a"',
  '"\\u00e4"',
  '\\',
  '\u0001',
  '\n',
  ' ',
  '-',
  '0',
  '01',
  '1.5e3',
  '1.',
  'true',
  'nul',
  'null',
  'é',
  '"__proto__":',
];

/** Ways to end what was begun: what is open in up to six levels, behind what may still be missing. */
const closers = Array.from({ length: 7 }, (_, depth) =>
  Array.from({ length: 2 ** depth }, (_, bits) =>
    Array.from({ length: depth }, (_, i) => ((bits >> i) & 1 ? '}' : ']')).join(''),
  ),
).flat();
const endings = ['', '1', '"a":1', ':1'].flatMap((missing) => closers.map((close) => missing + close));

describe('where a text stops to be JSON', () => {
  it.each([
    ['', 0],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['{"a":1]', 6],
    ['{} {}', 3],
    ['[1 2]', 3],
    ['x', 0],
    ['{"a":x', 5],
    ['{"a":"b"', 8],
    ['[', 1],
    [':', 0],
  ])('%s: %i', (text, place) => expect(jsonFault(text)).toBe(place));

  it('is nowhere in any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => jsonFault(text) === null),
      fuzzParameters(500),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => jsonFault(JSON.stringify(value, null, 1)) === null),
      fuzzParameters(500),
    );
  });

  it('is somewhere in what V8 does not take, and only there; what stands before it can become JSON', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((some) => some.join(''));
    fc.assert(
      fc.property(text, (some) => {
        const place = jsonFault(some);
        expect(place === null).toBe(isJson(some));
        if (place !== null) expect(endings.some((ending) => isJson(some.slice(0, place) + ending))).toBe(true);
      }),
      fuzzParameters(5000),
    );
  });

  it('is found in what is opened 60,000 times', () => {
    expect(jsonFault('['.repeat(60_000))).toBe(60_000);
    expect(jsonFault('{"a":'.repeat(12_000))).toBe(60_000);
  });
});
