import type { Evidence } from '../../model/index.js';
import type { HistoryQuestions } from '../history/questions.js';
import type { PolicyLogin } from '../login.js';
import type { Check, Subject } from './check.js';
import type { CompiledConditions, CompiledRule } from './compile.js';

/**
 * Whether a rule fits a login: all of its conditions hold, and none of its exemptions. The history is asked last, and only where all else holds. Never throws.
 *
 * @param userKey what the history knows the user by; null: none was told
 * @returns what the conditions found, in the order in which they were asked; null where the rule does not fit
 */
export function matchRule(
  { when, unlessTold, unlessHistory }: CompiledRule,
  login: PolicyLogin,
  userKey: string | null,
  history: HistoryQuestions,
): readonly Evidence[] | null {
  const { device, aliases } = login.client;
  const past = { time: login.time, userKey, device, aliases, remote: login.remote };
  const subject: Subject = { login, past, history };
  const found: Evidence[] = [];
  if (!holds(when.told, subject, found)) return null;
  if (isExempt(unlessTold, subject)) return null;
  if (!holds(when.history, subject, found)) return null;
  return isExempt(unlessHistory, subject) ? null : found;
}

function isExempt(unless: readonly CompiledConditions[], subject: Subject): boolean {
  return unless.some(({ told, history }) => holds(told, subject, []) && holds(history, subject, []));
}

/** @param found takes what was found */
function holds(checks: readonly Check[], subject: Subject, found: Evidence[]): boolean {
  for (const check of checks) {
    const evidence = check(subject);
    if (evidence === null) return false;
    found.push(evidence);
  }
  return true;
}
