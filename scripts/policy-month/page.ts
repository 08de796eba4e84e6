import type { Figures, Tally } from './figures.js';

import type { Wave } from './people.js';
import { PROGRAMS } from './programs.js';
import { NOT_NEW, SPRAYS, type Spray } from './truth.js';

/** What one rule, or all of them, made of several months. */
export interface Row {
  readonly name: string;
  readonly months: readonly Figures[];
}

/** A month's figures under other rates than the usual ones. */
export interface Variation {
  readonly name: string;
  readonly months: readonly Figures[];
}

/** What each rule catches, after how many attempts, and its false alarms. */
export function catchesTable(rows: readonly Row[]): string {
  const head = [
    'rule',
    'fast spray',
    'rare tool',
    'slow spray',
    'take-overs',
    'false alarms per 10,000 good logins',
    'worst month',
  ];
  return table(
    head,
    rows.map(({ name, months }) => [
      name,
      ...SPRAYS.map((spray) => firstAttempt(months, spray)),
      tallied(sum(months.flatMap(({ takeOvers }) => [...takeOvers.values()]))),
      rate(months.map(alarmRate)),
      Math.max(...months.map(alarmRate)).toFixed(2),
    ]),
  );
}

/** Hours until a slow spray is seen. */
export function slowTable(rows: readonly Row[]): string {
  const seen = rows.filter(({ months }) => months.some(({ sprays }) => sprays['slow spray'] !== null));
  return table(
    ['rule', 'attempts, median', 'hours, median', 'hours, worst month', 'of its attempts with a verdict'],
    seen.map(({ name, months }) => {
      const first = months.map(({ sprays }) => sprays['slow spray']);
      const hours = first.map((each) => each?.hours ?? Number.POSITIVE_INFINITY);
      const attempts = first.map((each) => each?.attempt ?? Number.POSITIVE_INFINITY);
      const caught = mean(months.map((month) => month.caught['slow spray']));
      return [name, shown(median(attempts), 0), shown(median(hours), 1), shown(Math.max(...hours), 1), percent(caught)];
    }),
  );
}

/** First logins to accounts taken over, by tool. */
export function toolsTable({ months }: Row): string {
  const tools = [...months[0]!.takeOvers.keys()];
  return table(
    ['taken over with', 'accounts', 'seen at the first login'],
    tools.map((tool) => {
      const all = sum(months.map(({ takeOvers }) => takeOvers.get(tool)!));
      return [tool, String(all.of), all.of === 0 ? '-' : `${all.seen} (${percent(all.seen / all.of)})`];
    }),
  );
}

/** Why the others were not. */
export function missedTable({ months }: Row): string {
  const rows = [...NOT_NEW, null].map((reason) => [
    reason ?? 'no rule fits',
    String(total(months.map(({ missed }) => missed.get(reason) ?? 0))),
  ]);
  return table(['not seen, because', 'accounts'], rows);
}

/** What false alarms come from, in all months together. */
export function causesTable(rows: readonly Row[]): string {
  const causes = [...new Set(rows.flatMap(({ months }) => months.flatMap((month) => [...month.causes.keys()])))].sort();
  return table(
    ['rule', ...causes, 'users a month'],
    rows.map(({ name, months }) => [
      name,
      ...causes.map((cause) => String(total(months.map((month) => month.causes.get(cause) ?? 0)))),
      mean(months.map(({ users }) => users)).toFixed(1),
    ]),
  );
}

/** False alarms by the population that moved to another hello in the month. */
export function wavesTable({ months }: Row, waves: readonly Wave[]): string {
  const names = [...new Set(waves.map(({ from }) => from))].sort();
  return table(
    ['updated', 'months', 'false alarms per 10,000 good logins'],
    names.map((name) => {
      const own = months.filter((_, i) => waves[i]!.from === name);
      return [PROGRAMS[name], String(own.length), rate(own.map(alarmRate))];
    }),
  );
}

export function enforcedTable({ months }: Row): string {
  const per = (count: (month: Figures) => number) => rate(months.map((month) => (1e4 * count(month)) / month.good));
  return table(
    ['of 10,000 good logins', ''],
    [
      ['made to wait', per(({ slowed }) => slowed)],
      ['refused', per(({ refused }) => refused)],
    ],
  );
}

export function variationTable(variations: readonly Variation[]): string {
  return table(
    ['', 'take-overs at the first login', 'false alarms per 10,000 good logins'],
    variations.map(({ name, months }) => [
      name,
      tallied(sum(months.flatMap(({ takeOvers }) => [...takeOvers.values()]))),
      rate(months.map(alarmRate)),
    ]),
  );
}

/** Puts text between the marks of a page. @throws Error where they are missing */
export function replaceMeasured(page: string, text: string): string {
  const [begin, end] = ['<!-- simulated: begin -->', '<!-- simulated: end -->'];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/policy.md has lost its marks');
  return `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`;
}

function alarmRate({ falseAlarms, good }: Figures): number {
  return (1e4 * falseAlarms) / good;
}

/** Median and worst of the attempts at which a spray was first seen. */
function firstAttempt(months: readonly Figures[], spray: Spray): string {
  const attempts = months.map(({ sprays }) => sprays[spray]?.attempt ?? Number.POSITIVE_INFINITY);
  if (attempts.every((attempt) => attempt === Number.POSITIVE_INFINITY)) return '-';
  return `${shown(median(attempts), 0)} (${shown(Math.max(...attempts), 0)})`;
}

function tallied({ of, seen }: Tally): string {
  return seen === 0 ? '-' : `${seen} of ${of} (${percent(seen / of)})`;
}

function sum(tallies: readonly Tally[]): Tally {
  return {
    of: total(tallies.map(({ of }) => of)),
    seen: total(tallies.map(({ seen }) => seen)),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function rate(rates: readonly number[]): string {
  return mean(rates).toFixed(2);
}

function mean(values: readonly number[]): number {
  return total(values) / values.length;
}

/** The upper one of two in the middle. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function shown(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : 'never';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
