import { describe, expect, it } from 'vitest';
import type { LabelRow } from '../../../src/model/index.js';
import { Recognizer, subjectOfJa3String } from '../../../src/recognize/index.js';
import { label, OPENSSL } from './labels.js';

function shares(labels: readonly Partial<LabelRow>[]): Record<string, number> {
  const rows = labels.map((one) => label({ string: OPENSSL, ...one }));
  const { candidates } = new Recognizer(rows).recognize(subjectOfJa3String(OPENSSL));
  expect(candidates).toHaveLength(rows.length);
  expect(candidates.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  const sums: Record<string, number> = {};
  for (const { label: one, share } of candidates) sums[one.client] = (sums[one.client] ?? 0) + share;
  return sums;
}

describe('shares', () => {
  it('follow the weights', () => {
    expect(
      shares([
        { client: 'a', weight: 0.75 },
        { client: 'b', weight: 0.25 },
      ]),
    ).toEqual({ a: 0.75, b: 0.25 });
  });

  it('give a client of three sources no more than one of a single one', () => {
    const three = ['x', 'y', 'z'].map((source) => ({ client: 'mutt', source }));
    const sums = shares([...three, { client: 'hydra', source: 'x' }]);
    expect(sums.mutt).toBeCloseTo(0.5, 12);
    expect(sums.hydra).toBeCloseTo(0.5, 12);
  });

  it('take spellings of one name for one client', () => {
    const sums = shares([
      { client: 'Mutt', source: 'x' },
      { client: 'mutt', source: 'y' },
      { client: 'hydra', source: 'x' },
    ]);
    expect(sums.hydra).toBeCloseTo(0.5, 12);
  });

  it('take the counts of a source that counts relative to each other', () => {
    const counted = [
      { client: 'a', weight: 3000, source: 'counts' },
      { client: 'b', weight: 1500, source: 'counts' },
    ];
    expect(shares([...counted, { client: 'c', source: 'names' }])).toEqual({ a: 0.4, b: 0.2, c: 0.4 });
  });

  it('keep a label whose weight was rounded to nothing', () => {
    const sums = shares([
      { client: 'a', weight: 0 },
      { client: 'b', weight: 1 },
    ]);
    expect(sums.a).toBeGreaterThan(0);
    expect(shares([{ client: 'a', weight: 0 }])).toEqual({ a: 1 });
  });

  it('come with the heaviest first, and among equals by name', () => {
    const rows = ['c', 'a', 'b'].map((client) => label({ client, string: OPENSSL, weight: client === 'b' ? 2 : 1 }));
    const { candidates } = new Recognizer(rows).recognize(subjectOfJa3String(OPENSSL));
    expect(candidates.map((one) => one.label.client)).toEqual(['b', 'a', 'c']);
  });
});
