/**
 * Plays made-up months of logins, attacks among them, through the decider with the rules of samples/config/policy.yaml, and writes what became of them into docs/policy.md:
 *
 *     npm run simulate:policy                    the months of the page
 *     npm run simulate:policy -- --seeds 1-10    others, printed
 *     npm run simulate:policy -- --rules FILE    other rules, printed
 *
 * Nothing is random but what the seeds say: the same seeds give the same text on every machine.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { replaceMeasured } from './policy-month/page.js';
import { simulation } from './policy-month/simulation.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, rules: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const page = new URL('../docs/policy.md', import.meta.url);
const text = await simulation({
  rules: values.rules ?? fileURLToPath(new URL('../samples/config/policy.yaml', import.meta.url)),
  seeds: seedsOf(values.seeds ?? '11-20'),
  variations: !values.quick,
  told: (line) => process.stderr.write(`${line}\n`),
});
if (values.seeds === undefined && values.rules === undefined && !values.quick) {
  writeFileSync(page, replaceMeasured(readFileSync(page, 'utf8'), text));
} else {
  console.log(text);
}

function seedsOf(range: string): readonly number[] {
  const [from, to] = range.split('-').map(Number) as [number, number?];
  return Array.from({ length: (to ?? from) - from + 1 }, (_, i) => from + i);
}
