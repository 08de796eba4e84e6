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
  { when, unless }: CompiledRule,
  login: PolicyLogin,
  userKey: string | null,
  history: HistoryQuestions,
): readonly Evidence[] | null {
  const { device, aliases } = login.client;
  const past = { time: login.time, userKey, device, aliases, remote: login.remote };
  const subject: Subject = { login, past, history };
  const found: Evidence[] = [];
  if (!holds(when.told, subject, found)) return null;
  const isExempt = (each: CompiledConditions) => holds(each.told, subject, []) && holds(each.history, subject, []);
  // Exemptions that ask no history come first.
  const costly = unless.findIndex(({ history }) => history.length > 0);
  const cheap = costly < 0 ? unless.length : costly;
  if (unless.slice(0, cheap).some(isExempt)) return null;
  if (!holds(when.history, subject, found)) return null;
  return unless.slice(cheap).some(isExempt) ? null : found;
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
