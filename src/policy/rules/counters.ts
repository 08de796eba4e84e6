import type { CounterSpec } from '../history/questions.js';
import { type CountCondition, PER, type Rule } from './model.js';

/** One for every different (count, per, window) that rules ask for. What is usual is learned where one of them holds against it. */
export function counterSpecsOf(rules: readonly Rule[]): CounterSpec[] {
  return [...specsByKey(rules).values()];
}

/** For a condition the spec that its history keeps. */
export function specFinder(rules: readonly Rule[]): (condition: CountCondition) => CounterSpec {
  const specs = specsByKey(rules);
  return (condition) => specs.get(keyOf(condition)) ?? specOf(condition);
}

function specsByKey(rules: readonly Rule[]): Map<string, CounterSpec> {
  const specs = new Map<string, CounterSpec>();
  for (const { when, unless } of rules) {
    for (const condition of [when, ...unless].flatMap(({ counts = [] }) => counts)) {
      const key = keyOf(condition);
      const spec = specOf(condition);
      specs.set(key, { ...spec, usual: spec.usual || specs.get(key)?.usual === true });
    }
  }
  return specs;
}

function specOf({ count, per, window, timesUsual }: CountCondition): CounterSpec {
  return { count, per: inOrder(per), window, usual: timesUsual !== null };
}

function keyOf({ count, per, window }: CountCondition): string {
  return `${count} ${inOrder(per).join('+')} ${window}`;
}

function inOrder(per: CountCondition['per']): CountCondition['per'] {
  return PER.filter((each) => per.includes(each));
}
