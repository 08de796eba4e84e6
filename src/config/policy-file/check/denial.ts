import type { Conditions, Rule } from '../../../policy/index.js';
import type { Report } from '../../report.js';
import { alternatives } from '../../shown.js';
import type { PlacedRule } from '../build-rules.js';

/** Conditions on what sent the hello, and on nothing else of the login. */
const OF_CLIENT = ['fingerprint', 'client', 'family', 'rung', 'kind', 'contradiction', 'hasFingerprint'] as const;

const EXACT: ReadonlySet<string> = new Set(['ja3', 'ja4', 'ssl_ja3']);

const keysOf = (conditions: Conditions) => Object.keys(conditions) as (keyof Conditions)[];

const ofClientAlone = (conditions: Conditions) =>
  keysOf(conditions).every((key) => (OF_CLIENT as readonly string[]).includes(key));

/** Who is refused, on what grounds; and who is exempted. */
export function checkDenial({ path, rule, althoughUncertain }: PlacedRule, report: Report): void {
  const guesses = rule.then.action === 'reject' ? guessesOf(rule.when) : [];
  if (guesses.length > 0 && !althoughUncertain) {
    report.error(
      [...path, 'then'],
      `refuses clients on a guess: ${alternatives(guesses, 'and')} ${guesses.length > 1 ? 'go' : 'goes'} by what a hello resembles where its very fingerprint is not known. Add rung: [ja3, ja4, ssl_ja3], or the fingerprint itself, or say a second time in this rule that it is meant: although_uncertain: yes`,
    );
  }
  if (althoughUncertain && guesses.length === 0) {
    report.warning([...path, 'although_uncertain'], 'has no effect: this rule refuses nobody on a guess', 'key');
  }
  const single = rule.then.action === 'reject' ? singleSignal(rule) : null;
  if (single !== null) report.warning([...path, 'then'], single);
  for (const [i, exempted] of rule.unless.entries()) {
    if (keysOf(exempted).length === 0 || !ofClientAlone(exempted)) continue;
    report.warning(
      [...path, 'unless', i],
      "exempts whoever shares the fingerprint, attackers too (hydra's is Python's): add a network or a user to it",
    );
  }
}

/** Which conditions may name a client by an answer below the exact rungs. */
function guessesOf({ fingerprint, client, family, rung, kind, contradiction }: Conditions): readonly string[] {
  if (fingerprint !== undefined || rung?.every((each) => EXACT.has(each)) === true) return [];
  const given = { client, family, kind, contradiction: contradiction === true ? true : undefined, rung };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}

/** What comes of refusing on one ground alone. */
function singleSignal({ when, unless }: Rule): string | null {
  const keys = keysOf(when);
  if (keys.length === 0) return `refuses every login${unless.length > 0 ? ' but those in unless' : ''}`;
  if (ofClientAlone(when)) {
    return "refuses on the fingerprint alone, which many programs and users share (hydra's is Python's): add a condition of another kind";
  }
  const [only] = keys;
  if (keys.length > 1) return null;
  if (only === 'newClient') return 'refuses every user with a new phone or program: add a condition of another kind';
  if (only === 'newNetwork') return 'refuses every user on a journey: add a condition of another kind';
  if (only === 'neverSucceeded') {
    return 'refuses what has never succeeded, which then never can: add a condition of another kind, or a tarpit';
  }
  if (only !== 'counts') return null;
  const pers = new Set(when.counts!.map(({ per }) => per.join()));
  if (pers.size > 1) return null;
  if (pers.has('fingerprint')) return 'refuses all who share the fingerprint while the count lasts: add a condition';
  if (pers.has('user')) return "whoever knows a user's name can lock that user out: add a condition";
  return null;
}
