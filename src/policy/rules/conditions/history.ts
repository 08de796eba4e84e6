import type { CounterSpec, Familiarity, HistoryQuestions } from '../../history/questions.js';
import { type Check, evidence, rounded, type Subject } from '../check.js';
import type { CountCondition } from '../model.js';

/** Something of the user's is new, once enough of the user is known for that to mean anything; or, turned round, it is not. */
function familiarity(
  condition: string,
  wanted: boolean,
  ask: (history: HistoryQuestions, subject: Subject) => Familiarity | null,
): Check {
  return (subject) => {
    const known = ask(subject.history, subject);
    if (known === null) return null;
    const isNew = known.learned && known.same === 0;
    if (wanted ? !isNew : known.same === 0) return null;
    return evidence(condition, wanted, { logins: known.logins, days: rounded(known.days), same: known.same });
  };
}

export const newClient = (wanted: boolean) =>
  familiarity('new_client', wanted, (history, { past }) => history.client(past));

export const newNetwork = (wanted: boolean) =>
  familiarity('new_network', wanted, (history, { past }) => history.network(past));

export function neverSucceeded({ failures }: { readonly failures: number }): Check {
  return ({ history, past }) => {
    const totals = history.totals(past);
    if (totals === null || totals.succeeded > 0 || totals.failed < failures) return null;
    return evidence('never_succeeded', totals.failed, { at_least: failures });
  };
}

/**
 * The number must be reached, and so must the multiple of what is usual. Where that is to be learned and has not been yet, the condition does not hold: without it the number would be held
 * against everybody who shares a common fingerprint.
 */
export function count({ count, atLeast, timesUsual, window }: CountCondition, spec: CounterSpec): Check {
  return ({ history, past }) => {
    const counted = history.count(spec, past);
    if (counted === null || counted.count < atLeast) return null;
    const numbers = { at_least: atLeast, window };
    if (timesUsual === null) return evidence(count, counted.count, numbers);
    if (counted.usual === null || counted.count < timesUsual * counted.usual) return null;
    return evidence(count, counted.count, {
      ...numbers,
      usual: rounded(counted.usual),
      times_usual: timesUsual,
    });
  };
}
