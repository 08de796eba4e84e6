import type { Conditions, CountCondition } from '../../../policy/index.js';
import type { KeyPath } from '../../problems.js';
import type { Report } from '../../report.js';
import type { PlacedRule } from '../build-rules.js';
import { MAX_COUNTERS } from '../limits.js';
import { covers } from './covers.js';
import { checkDenial } from './denial.js';
import { impossibilities, type Surroundings } from './impossible.js';
import { checkWords } from './vocabulary.js';

/** What the rest of a file means for its rules. */
export interface RuleSurroundings extends Surroundings {
  readonly maxTarpit: number;
  /** Whether what is known is kept. */
  readonly database: boolean;
}

/** Rules must make sense, each and together. */
export function checkRules(rules: readonly PlacedRule[], around: RuleSurroundings, report: Report): void {
  checkNames(rules, report);
  for (const placed of rules) {
    checkOne(placed, around, report);
    checkDenial(placed, report);
  }
  checkReached(rules, report);
  checkCounters(rules, report);
  if (!around.database) warnOfForgetting(rules, report);
}

function checkNames(rules: readonly PlacedRule[], report: Report): void {
  const names = new Map<string, KeyPath>();
  for (const { path, rule } of rules) {
    const before = names.get(rule.name);
    if (before === undefined) names.set(rule.name, path);
    else report.error([...path, 'name'], `is the name of rule ${Number(before[1]) + 1}`);
  }
}

function* placesOf({ path, rule }: PlacedRule): Generator<readonly [KeyPath, Conditions]> {
  yield [[...path, 'when'], rule.when];
  for (const [i, each] of rule.unless.entries()) yield [[...path, 'unless', i], each];
}

function checkOne(placed: PlacedRule, around: RuleSurroundings, report: Report): void {
  const { path, rule } = placed;
  for (const [place, conditions] of placesOf(placed)) {
    checkWords(conditions, place, report);
    const { time } = conditions;
    if (time?.days.length === 0 && time.between === null) {
      report.error([...place, 'time'], 'needs days, or between, or both', 'key');
    }
    for (const { key, why } of impossibilities(conditions, around)) {
      report.warning([...place, key], `never holds: ${why}`, 'key');
    }
  }
  for (const [i, exempted] of rule.unless.entries()) {
    if (!covers(exempted, rule.when)) continue;
    report.warning([...path, 'unless', i], 'exempts all that the rule is for, so it never fits');
  }
  if (rule.then.action === 'tarpit' && rule.then.seconds > around.maxTarpit) {
    report.warning([...path, 'then', 'tarpit'], `is cut to max_tarpit, ${around.maxTarpit}s`);
  }
}

/** The first that fits counts, so a rule behind one that fits all it is for is never asked. */
function checkReached(rules: readonly PlacedRule[], report: Report): void {
  for (const [i, { path, rule }] of rules.entries()) {
    const before = rules
      .slice(0, i)
      .find((other) => other.rule.unless.length === 0 && covers(other.rule.when, rule.when));
    if (before === undefined) continue;
    report.warning(path, `is never reached: whatever it is for, rule ${before.rule.name} before it fits`);
  }
}

function checkCounters(rules: readonly PlacedRule[], report: Report): void {
  const counters = new Set<string>();
  for (const placed of rules) {
    for (const [, { counts = [] }] of placesOf(placed)) {
      for (const each of counts) counters.add(counterOf(each));
    }
  }
  if (counters.size <= MAX_COUNTERS) return;
  report.error(
    ['rules'],
    `have ${counters.size} different counts, of ${MAX_COUNTERS} at most: the same count over the same window is kept once`,
    'key',
  );
}

const counterOf = ({ count, per, window }: CountCondition) => `${count} ${per.join('+')} ${window}`;

/** Told once: it is one thing, whatever rests on it. */
function warnOfForgetting(rules: readonly PlacedRule[], report: Report): void {
  for (const placed of rules) {
    for (const [place, conditions] of placesOf(placed)) {
      const { newClient, newNetwork, neverSucceeded, counts = [] } = conditions;
      const learned = counts.some(({ timesUsual }) => timesUsual !== null);
      if (newClient === undefined && newNetwork === undefined && neverSucceeded === undefined && !learned) continue;
      report.warning(place, 'without a database, what is known of users and fingerprints ends with the process', 'key');
      return;
    }
  }
}
