import type { CounterSpec } from '../history/questions.js';
import type { Check } from './check.js';
import { contradiction } from './conditions/contradiction.js';
import { count, neverSucceeded, newClient, newNetwork } from './conditions/history.js';
import { client, family, kind, rung } from './conditions/recognized.js';
import { time } from './conditions/time.js';
import * as told from './conditions/told.js';
import { specFinder } from './counters.js';
import type { Conditions, CountCondition, Rule } from './model.js';

/** A set of conditions of which all must hold, in the order in which they are asked. */
export interface CompiledConditions {
  /** Of the login alone. */
  readonly told: readonly Check[];
  readonly history: readonly Check[];
}

/** A rule made ready for any number of logins. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly when: CompiledConditions;
  /** Those that ask no history. */
  readonly unlessTold: readonly CompiledConditions[];
  readonly unlessHistory: readonly CompiledConditions[];
}

type Name = Exclude<keyof Conditions, 'counts'>;
type Builders<Names extends Name> = { readonly [N in Names]: (wanted: NonNullable<Conditions[N]>) => Check };

/** Questions about the past, each a look-up or more. */
const historyBuilders = { newClient, newNetwork, neverSucceeded } satisfies Partial<Builders<Name>>;

/** All others, the quickest first: a type error tells of a condition without a row. */
const toldBuilders: Builders<Exclude<Name, keyof typeof historyBuilders>> = {
  tls: told.tls,
  hasFingerprint: told.hasFingerprint,
  protocol: told.protocol,
  port: told.port,
  mechanism: told.mechanism,
  tlsVersion: told.tlsVersion,
  fingerprint: told.fingerprint,
  rung,
  family,
  kind,
  client,
  user: told.user,
  sni: told.sni,
  network: told.network,
  contradiction,
  time,
};

/** @throws TypeError for a network that is none: the configuration's check has refused it before */
export function compileRules(rules: readonly Rule[]): readonly CompiledRule[] {
  const spec = specFinder(rules);
  return rules.map((rule) => {
    const unless = rule.unless.map((conditions) => compile(conditions, spec));
    return {
      rule,
      when: compile(rule.when, spec),
      unlessTold: unless.filter(({ history }) => history.length === 0),
      unlessHistory: unless.filter(({ history }) => history.length > 0),
    };
  });
}

function compile(conditions: Conditions, spec: (condition: CountCondition) => CounterSpec): CompiledConditions {
  const counts = (conditions.counts ?? []).map((condition) => count(condition, spec(condition)));
  return {
    told: build(toldBuilders, conditions),
    history: [...build(historyBuilders, conditions), ...counts],
  };
}

function build<Names extends Name>(builders: Builders<Names>, conditions: Conditions): Check[] {
  const checks: Check[] = [];
  for (const name of Object.keys(builders) as Names[]) {
    const wanted = conditions[name];
    if (wanted !== undefined) checks.push(builders[name](wanted as NonNullable<Conditions[Names]>));
  }
  return checks;
}
