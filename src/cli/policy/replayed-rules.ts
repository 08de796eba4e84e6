import type { Conditions, Rule } from '../../policy/index.js';

/** Rules as stored logins can be held against them. */
export interface ReplayedRules {
  readonly rules: readonly Rule[];
  /** Names of rules with patterns of user names: nothing stored fits these. */
  readonly patterns: readonly string[];
}

/**
 * Rules that only report, and that know users by their keys. A pattern with `*` cannot be held against a key: it fits nobody, or, where it is `*` alone, everybody.
 *
 * @param userKey of a name
 */
export function replayedRules(rules: readonly Rule[], userKey: (name: string) => string): ReplayedRules {
  const patterns: string[] = [];
  const keyed = (conditions: Conditions): Conditions => {
    const { user, ...rest } = conditions;
    return user === undefined
      ? conditions
      : { ...rest, user: user.map((name) => (isPattern(name) ? name : userKey(name))) };
  };
  return {
    rules: rules.map((rule) => {
      const users = [rule.when, ...rule.unless].flatMap(({ user = [] }) => user);
      if (users.some((name) => isPattern(name) && name !== '*')) patterns.push(rule.name);
      return { ...rule, when: keyed(rule.when), unless: rule.unless.map(keyed), enforce: false };
    }),
    patterns,
  };
}

const isPattern = (name: string): boolean => name.includes('*');
