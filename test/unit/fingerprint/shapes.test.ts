import { expect, it } from 'vitest';
import { rememberJa4, shapeOf } from '../../../src/fingerprint/shapes.js';

/** How often a value is made for a text that is asked for twice. */
function timesMade(text: string, ask: (text: string, make: () => string) => unknown): number {
  let times = 0;
  const make = () => {
    times++;
    return 'value';
  };
  ask(text, make);
  ask(text, make);
  return times;
}

const real = '771,4865-4866-4867,0-23-65281-10-11-35-16-5-13-18-51-45-43,29-23-24,0';
const hostile = Array.from({ length: 30_000 }, (_, i) => i).join('-');

it('a string of real length is hashed once, one that no real client sends is not kept', () => {
  expect(timesMade(real, shapeOf)).toBe(1);
  expect(timesMade(hostile, shapeOf)).toBe(2);
});

it('so with the ja4 of one shape', () => {
  const shape = shapeOf(real, () => 'hash');
  const ask = (key: string, make: () => string) => rememberJa4(shape, key, () => ({ string: key, hash: make() }));
  expect(timesMade('t13h2', ask)).toBe(1);
  expect(timesMade(hostile, ask)).toBe(2);
  expect(shape.ja4.size).toBe(1);
});
