import { expect, it } from 'vitest';
import { ByteBudget, type ByteHolder } from '../../../src/bytes/budget.js';

/** Notes who is made to drop what it holds. */
function crew(names: string): { readonly dropped: string[]; readonly holders: readonly ByteHolder[] } {
  const dropped: string[] = [];
  return { dropped, holders: Array.from(names, (name) => ({ dropHeld: () => dropped.push(name) })) };
}

it('makes the holder drop that has kept bytes longest, and no more than has to', () => {
  const { dropped, holders } = crew('abcd');
  const [a, b, c, d] = holders;
  const budget = new ByteBudget(100);
  budget.set(a!, 40);
  budget.set(b!, 30);
  budget.set(c!, 30);
  expect([dropped, budget.held]).toEqual([[], 100]);
  // Growing does not make it younger.
  budget.set(a!, 41);
  expect([dropped, budget.held]).toEqual([['a'], 60]);
  budget.set(d!, 100);
  expect([dropped, budget.held, budget.dropped]).toEqual([['a', 'b', 'c'], 100, 3]);
  budget.set(d!, 101);
  expect([dropped, budget.held]).toEqual([['a', 'b', 'c', 'd'], 0]);
});

it('forgets holders from the front, the middle and the back; one that comes again is the youngest', () => {
  const { dropped, holders } = crew('abcdef');
  const budget = new ByteBudget(60);
  for (const holder of holders) budget.set(holder, 10);
  for (const index of [0, 2, 5]) budget.set(holders[index]!, 0);
  budget.set(holders[5]!, 0);
  expect(budget.held).toBe(30);
  budget.set(holders[0]!, 10);
  budget.set(holders[2]!, 10);
  budget.set(holders[4]!, 55);
  expect(dropped).toEqual(['b', 'd', 'e']);
  expect(budget.held).toBe(20);
  budget.set(holders[2]!, 51);
  expect(dropped).toEqual(['b', 'd', 'e', 'a']);
  expect(budget.held).toBe(51);
});
