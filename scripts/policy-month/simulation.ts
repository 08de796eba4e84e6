import { fileURLToPath } from 'node:url';
import { identifier } from '../../src/cli/policy/identify.js';
import { readPolicyRules } from '../../src/config/index.js';
import { readLabelFolder } from '../../src/lists/index.js';
import { type Figures, figuresOf } from './figures.js';
import { generateMonth } from './generate.js';
import type { MonthLogin } from './month.js';
import {
  catchesTable,
  causesTable,
  enforcedTable,
  missedTable,
  type Row,
  slowTable,
  toolsTable,
  variationTable,
  wavesTable,
} from './page.js';
import { RATES, type Rates, type Wave } from './people.js';
import { play, playEach } from './play.js';
import { Programs } from './programs.js';
import { truthOf } from './truth.js';

export interface SimulationOptions {
  /** Path of a policy file. */
  readonly rules: string;
  readonly seeds: readonly number[];
  /** Also under other rates: twice as many months again. */
  readonly variations: boolean;
  readonly told: (line: string) => void;
}

/** Months that are made again with other rates. */
const VARIED = 2;

const LABELS = new URL('../../db/labels/', import.meta.url);

const OTHER_RATES: readonly (readonly [string, Rates])[] = [
  ['half as many new devices', { ...RATES, newDevices: RATES.newDevices / 2 }],
  ['three times as many new devices', { ...RATES, newDevices: RATES.newDevices * 3 }],
  ['three times as many travellers', { ...RATES, travellers: RATES.travellers * 3 }],
  ['three times as many new passwords', { ...RATES, newPasswords: RATES.newPasswords * 3 }],
];

/** Plays each month with every rule by itself and with all of them, reporting only and enforced. @returns Markdown */
export async function simulation({ rules: path, seeds, variations, told }: SimulationOptions): Promise<string> {
  const { decision } = readPolicyRules(path);
  const programs = new Programs(LABELS);
  const labels = readLabelFolder(fileURLToPath(LABELS));
  // A clock that stands still: no comparison is left out because the machine was busy.
  const identify = await identifier(labels, () => null, { names: true, now: () => 0 });
  const deviceOf = ({ views }: MonthLogin) => identify(views).device;
  const enforced = { ...decision, rules: decision.rules.map((rule) => ({ ...rule, enforce: true })) };

  const found = new Map<string, Figures[]>();
  const waves: Wave[] = [];
  for (const seed of seeds) {
    const month = generateMonth(seed, programs);
    told(`month ${seed}: ${month.logins.length} logins`);
    waves.push(month.wave);
    const truth = truthOf(month, deviceOf, decision.learning);
    const said = [
      ...playEach(month.logins, decision, identify),
      ['all', play(month.logins, decision, identify)] as const,
      ['all, enforced', play(month.logins, enforced, identify)] as const,
    ];
    for (const [name, each] of said) found.set(name, [...(found.get(name) ?? []), figuresOf(each, truth)]);
  }
  const rows: readonly Row[] = Array.from(found, ([name, months]) => ({ name, months }));
  const all = rows.find(({ name }) => name === 'all')!;
  const parts = [
    describe(seeds, all.months),
    `### What is caught, and after how many attempts\n\n${catchesTable(rows)}`,
    `### The slow spray\n\n${slowTable(rows)}`,
    `### Accounts taken over, all rules\n\n${toolsTable(all)}\n\n${missedTable(all)}`,
    `### Where false alarms come from\n\n${causesTable(rows)}`,
    `### All rules, by what was updated in the month\n\n${wavesTable(all, waves)}`,
    `### Enforced\n\n${enforcedTable(rows.at(-1)!)}`,
  ];
  if (seeds.length > 1) {
    const first = rows.map(({ name, months }) => ({ name, months: months.slice(0, 1) }));
    parts.push(`### The first of these months by itself\n\n${catchesTable(first)}`);
  }
  if (variations) {
    const varied = OTHER_RATES.map(([name, rates]) => {
      told(name);
      const months = seeds.slice(0, VARIED).map((seed) => {
        const month = generateMonth(seed, programs, rates);
        return figuresOf(play(month.logins, decision, identify), truthOf(month, deviceOf, decision.learning));
      });
      return { name, months };
    });
    varied.unshift({ name: 'as above', months: all.months.slice(0, VARIED) });
    parts.push(`### With other habits\n\nAll rules, the first ${VARIED} of the months.\n\n${variationTable(varied)}`);
  }
  return parts.join('\n\n');
}

function describe(seeds: readonly number[], months: readonly Figures[]): string {
  const good = Math.round(months.reduce((sum, month) => sum + month.good, 0) / months.length);
  return `Seeds ${seeds[0]} to ${seeds.at(-1)}: ${months.length} months, ${good.toLocaleString('en')} good logins in each on the average.`;
}
