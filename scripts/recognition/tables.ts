import type { LabelRow } from '../../src/model/index.js';
import type { AnsweringRung, Calibration, CalibrationRow } from '../../src/recognize/index.js';
import { type Tally, type Trial, tally } from './leave-one-out.js';
import type { PermutedTally } from './permute.js';

export type Trials = Readonly<Record<'situational' | 'unordered' | 'stack' | 'nearest', readonly Trial[]>>;

export const LEFT_OUT = ['situational', 'unordered', 'stack', 'nearest'] as const;

/** Score ranges of `nearest`. */
const RANGES = [
  [0.8, 0.9],
  [0.9, 0.95],
  [0.95, 1],
] as const;

/** The ladder as it is climbed: which rung is the first to answer, and how it does. */
export function ladderTable(ladder: readonly Trial[]): string {
  let covered = 0;
  const rows = [...LEFT_OUT, 'none' as const].map((rung) => {
    const own = tally(ladder.filter(({ answer }) => answer?.rung === rung));
    if (rung === 'none') return [rung, percent(own.answers, ladder.length), '', '', '', ''];
    covered += own.answers;
    return [rung, percent(own.answers, ladder.length), percent(covered, ladder.length), ...precision(own)];
  });
  return table(['first to answer', 'of all', 'so far', ...PRECISION], rows);
}

/** Each rung alone, and the next one on the hellos that both answer. */
export function rungTable(trials: Trials): string {
  const rows = LEFT_OUT.map((rung, i) => {
    const next = LEFT_OUT[i + 1];
    const own = tally(trials[rung]);
    const cells = [rung, percent(own.answers, own.asked), ...precision(own)];
    if (next === undefined) return [...cells, '', ''];
    const both = trials[rung].map((_, at) => at).filter((at) => trials[rung][at]!.answer && trials[next][at]!.answer);
    const [here, there] = [rung, next].map((name) => tally(both.map((at) => trials[name][at]!))) as [Tally, Tally];
    const pair = (read: (one: Tally) => string) => `${read(here)} · ${read(there)}`;
    return [...cells, pair((one) => percent(one.topLabel, one.answers)), pair((one) => percent(one.family, one.named))];
  });
  return table(['rung alone', 'answers', ...PRECISION, 'top label: here · next', 'family: here · next'], rows);
}

export function scoreTable(nearest: readonly Trial[]): string {
  const rows = RANGES.map((range) => {
    const own = tally(within(nearest, range));
    return [rangeName(range), String(own.answers), ...precision(own)];
  });
  return table(['score', 'answers', ...PRECISION], rows);
}

export function permutedTable(sets: ReadonlyMap<string, PermutedTally>): string {
  const rungs: readonly AnsweringRung[] = ['ja3', 'situational', 'unordered'];
  const rows = Array.from(sets, ([name, { asked, right }]) => [
    name,
    String(asked),
    ...rungs.map((rung) => percent(right.get(rung) ?? 0, asked)),
  ]);
  return table(['labels', 'permuted hellos', ...rungs.map((rung) => `\`${rung}\``)], rows);
}

/** Clients of whom the recogniser knew nothing at all: what is answered is a false name, or the right family. */
export function openSetTable(trials: readonly Trial[]): string {
  const rows = (['ja3', ...LEFT_OUT, 'none'] as const).map((rung) => {
    const own = trials.filter(({ answer }) => answer?.rung === rung);
    const count = tally(own);
    const namesClients = rung === 'ja3' || rung === 'situational' || rung === 'unordered';
    return [
      rung,
      percent(own.length, trials.length),
      namesClients ? 'somebody else' : 'nobody',
      rung === 'none' ? '' : percent(count.family, count.named),
    ];
  });
  return table(['first to answer', 'of all', 'client named', 'family'], rows);
}

/** What confidence is read from: each rung alone, which has more answers than on the ladder. */
export function calibrationOf(trials: Trials, measured: string, labels: string): Calibration {
  const clients = (['situational', 'unordered'] as const).map((rung): CalibrationRow => {
    const { answers, anyLabel } = tally(trials[rung]);
    return { rung, from: 0, to: 1, answers, right: anyLabel };
  });
  const families = (rung: 'stack' | 'nearest', range: readonly [number, number]): CalibrationRow => {
    const { named, family } = tally(within(trials[rung], range));
    return { rung, from: range[0], to: range[1], answers: named, right: family };
  };
  return {
    measured,
    labels,
    rows: [...clients, families('stack', [0, 1]), ...RANGES.map((range) => families('nearest', range))],
  };
}

export function describe(labels: readonly LabelRow[]): string {
  const count = (read: (label: LabelRow) => string) => new Set(labels.map(read)).size;
  return `${labels.length} labels, ${count((label) => label.string!)} fingerprints, ${count((label) => label.client)} clients`;
}

const PRECISION = ['any label', 'top label', 'family'];

function precision({ answers, anyLabel, topLabel, named, family }: Tally): string[] {
  return [percent(anyLabel, answers), percent(topLabel, answers), percent(family, named)];
}

function within(trials: readonly Trial[], [from, to]: readonly [number, number]): Trial[] {
  return trials.filter(({ answer }) => answer && answer.score >= from && (answer.score < to || to === 1));
}

function rangeName([from, to]: readonly [number, number]): string {
  return to === 1 ? `${from} and more` : `${from} to ${to}`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}
