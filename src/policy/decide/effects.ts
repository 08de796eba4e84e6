import type { Verdict, VerdictEffect } from '../../model/index.js';
import type { Rule, RuleAction } from '../rules/model.js';
import type { Decision } from './options.js';

const ALLOW = { action: 'allow' } as const;

/** Nothing speaks against it. */
export const nothingFits: Decision = {
  verdict: { ...ALLOW, rule: null, source: 'rules', ignored: null },
  evidence: [],
};

/** What a rule that fits says. @param maxTarpit seconds; 0: no login is made to wait */
export function verdictOfRule({ name, then, enforce }: Rule, maxTarpit: number): Verdict {
  const said: Verdict = { ...effectOf(then, maxTarpit), rule: name, source: 'rules', ignored: null };
  return enforce && (said.action !== 'tarpit' || maxTarpit > 0) ? said : unobeyed(said);
}

function effectOf(then: RuleAction, maxTarpit: number): VerdictEffect {
  switch (then.action) {
    case 'log':
      return ALLOW;
    case 'tarpit':
      return { action: 'tarpit', seconds: maxTarpit > 0 ? Math.min(then.seconds, maxTarpit) : then.seconds };
    case 'reject':
      return { action: 'reject', message: then.message };
  }
}

/** The same, said and not done. */
export function unobeyed(verdict: Verdict): Verdict {
  const { rule, source } = verdict;
  return verdict.action === 'allow' ? verdict : { ...ALLOW, rule, source, ignored: effectAlone(verdict) };
}

/** Of two verdicts about one attempt the one that weighs more: what was done before what was only said, and the first of equals. */
export function stronger(first: Decision, second: Decision): Decision {
  return weight(second.verdict) > weight(first.verdict) ? second : first;
}

function weight(verdict: Verdict): number {
  const done = effectWeight(verdict);
  if (done > 0) return 2 * MOST + done;
  if (verdict.ignored !== null) return MOST + effectWeight(verdict.ignored);
  return verdict.rule === null ? 0 : 1;
}

/** More than any tarpit's seconds. */
const REJECTED = 2 ** 31;
const MOST = 2 * REJECTED;

function effectWeight(effect: VerdictEffect): number {
  if (effect.action === 'allow') return 0;
  return effect.action === 'tarpit' ? effect.seconds : REJECTED;
}

export function effectAlone(effect: VerdictEffect): VerdictEffect {
  switch (effect.action) {
    case 'allow':
      return ALLOW;
    case 'tarpit':
      return { action: 'tarpit', seconds: effect.seconds };
    case 'reject':
      return { action: 'reject', message: effect.message };
  }
}
