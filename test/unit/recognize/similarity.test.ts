import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ja3Lists, parseJa3String } from '../../../src/fingerprint/index.js';
import { Recognizer, subjectOfJa3String } from '../../../src/recognize/index.js';
import { label, OPENSSL, shipped } from './labels.js';

const LISTS = ['cipherSuites', 'extensions', 'supportedGroups', 'ecPointFormats'] as const;

/** The definition of docs/recognition.md, hello by hello in sets of words. */
function scoreBySets(hello: Ja3Lists, known: Ja3Lists, all: readonly Ja3Lists[]): number {
  const members = (one: Ja3Lists) => new Set(LISTS.flatMap((list) => one[list].map((value) => `${list} ${value}`)));
  const pairs = (one: Ja3Lists) =>
    new Set(one.cipherSuites.slice(1).map((suite, i) => `${one.cipherSuites[i]} ${suite}`));
  const jaccard = (featuresOf: (one: Ja3Lists) => ReadonlySet<string>) => {
    const weight = (feature: string) => {
      const holders = all.filter((one) => featuresOf(one).has(feature)).length;
      return Math.log(1 + all.length / (holders === 0 ? all.length / 10 : holders));
    };
    const [own, theirs] = [featuresOf(hello), featuresOf(known)];
    const sum = (features: Iterable<string>) => Array.from(features, weight).reduce((a, b) => a + b, 0);
    const union = sum(new Set([...own, ...theirs]));
    return union === 0 ? 1 : sum([...own].filter((feature) => theirs.has(feature))) / union;
  };
  return 0.7 * jaccard(members) + 0.3 * jaccard(pairs);
}

const numbers = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }).map((list) => list.join('-'));
const strings = fc.tuple(numbers, numbers, numbers, numbers).map((fields) => ['771', ...fields].join(','));

describe('neighbours', () => {
  it('have the scores of comparing with each', () => {
    fc.assert(
      fc.property(fc.uniqueArray(strings, { minLength: 1, maxLength: 12 }), strings, (known, hello) => {
        const recognizer = new Recognizer(known.map((string) => label({ string })));
        const lists = known.map(parseJa3String);
        const scores = known
          .filter((string) => string !== hello)
          .map((string) => scoreBySets(parseJa3String(hello), parseJa3String(string), lists))
          .sort((a, b) => b - a);
        const found = recognizer.neighbours(subjectOfJa3String(hello), 100).map((one) => one.score);
        expect(found).toHaveLength(scores.length);
        for (const [i, score] of scores.entries()) expect(found[i]).toBeCloseTo(score, 9);
      }),
    );
  });

  it('come the nearest first, as many as asked for, without the hello itself', () => {
    const recognizer = new Recognizer(shipped);
    const found = recognizer.neighbours(subjectOfJa3String(OPENSSL), 3);
    expect(found.map((one) => one.score)).toEqual(found.map((one) => one.score).sort((a, b) => b - a));
    expect(found).toHaveLength(3);
    expect(found.map((one) => one.string)).not.toContain(OPENSSL);
    // The same OpenSSL with padding, or without a name to send: nothing in the list is nearer.
    expect(found[0]!.difference).toMatchObject({ cipherSuites: { added: [], dropped: [], moved: [] } });
    expect(recognizer.neighbours(subjectOfJa3String(OPENSSL), 0)).toEqual([]);
  });
});
