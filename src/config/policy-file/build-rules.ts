import { COUNTED, type Conditions, type CountCondition, type Counted, PER, type Rule } from '../../policy/index.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';
import type { PolicyDraft } from './draft.js';
import type { ConditionsEntry, CountEntry, RuleEntry } from './schema/index.js';

/** A rule, and where it stands. */
export interface PlacedRule {
  readonly path: KeyPath;
  readonly rule: Rule;
  /** It was said twice that clients may be refused on a guess. */
  readonly althoughUncertain: boolean;
}

/** Those of the rules that can be used; what is wrong with the others is told. */
export function rulesOf({ root, rules }: PolicyDraft, report: Report): readonly PlacedRule[] {
  return rules.flatMap((entry, i) => {
    if (entry === null) return [];
    const path: KeyPath = ['rules', i];
    const then = actionOf(entry, [...path, 'then'], report);
    if (then === null) return [];
    const rule: Rule = {
      name: entry.name,
      when: conditionsOf(entry.when),
      unless: entry.unless.map(conditionsOf),
      then,
      enforce: entry.enforce ?? root.enforce ?? false,
    };
    return [{ path, rule, althoughUncertain: entry.although_uncertain }];
  });
}

function actionOf({ then }: RuleEntry, path: KeyPath, report: Report): Rule['then'] | null {
  if (then === 'log') return { action: 'log' };
  if (then === 'reject') return { action: 'reject', message: null };
  const { tarpit, reject } = then;
  if ((tarpit === undefined) === (reject === undefined)) {
    report.error(path, 'needs one of tarpit and reject', 'key');
    return null;
  }
  return tarpit === undefined ? { action: 'reject', message: reject! } : { action: 'tarpit', seconds: tarpit };
}

/** The keys of a file, and what they are called in a rule. Those that are written alike are not listed. */
const renamed = {
  has_fingerprint: 'hasFingerprint',
  tls_version: 'tlsVersion',
  new_client: 'newClient',
  new_network: 'newNetwork',
  never_succeeded: 'neverSucceeded',
} as const;

function conditionsOf(entry: ConditionsEntry): Conditions {
  const conditions: Record<string, unknown> = {};
  const counts: CountCondition[] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (value === undefined) continue;
    if (isCounted(key)) {
      for (const each of listOf(value as CountEntry | CountEntry[])) counts.push(countOf(key, each));
    } else if (key === 'time') conditions.time = timeOf(entry.time!);
    else conditions[key in renamed ? renamed[key as keyof typeof renamed] : key] = value;
  }
  if (counts.length > 0) conditions.counts = counts;
  return conditions as Conditions;
}

/** The key of a file that a condition was made of; counts have several. */
export const fileKeyOf = (condition: Exclude<keyof Conditions, 'counts'>): string =>
  Object.entries(renamed).find(([, name]) => name === condition)?.[0] ?? condition;

const isCounted = (key: string): key is Counted => (COUNTED as readonly string[]).includes(key);

export const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

function countOf(counted: Counted, entry: CountEntry): CountCondition {
  const { per, window, at_least, times_usual } = entry;
  return {
    count: counted,
    per: PER.filter((each) => per.includes(each)),
    window,
    atLeast: at_least,
    timesUsual: times_usual ?? null,
  };
}

function timeOf({ days, between, utc_offset }: NonNullable<ConditionsEntry['time']>): NonNullable<Conditions['time']> {
  return { days: days ?? [], between: between ?? null, utcOffset: utc_offset };
}
