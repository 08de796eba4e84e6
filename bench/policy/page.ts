import { table } from '../lib/section.js';
import type { TableSize } from './files.js';
import type { Month } from './month.js';
import { middle, type Round } from './rounds.js';

export interface Measured {
  readonly machine: string;
  readonly isPinned: boolean;
  readonly users: number;
  readonly month: Month;
  /** Days. */
  readonly kept: number;
  readonly sizes: { readonly bytes: number; readonly tables: readonly TableSize[] };
  readonly startSeconds: number;
  readonly startBytes: number;
  /** Logins that were decided about in all, and the memory after them. */
  readonly further: number;
  readonly bytesAfter: number;
  /** A second, where that is fixed. */
  readonly decisions: number;
  readonly rounds: Readonly<Record<'fixed' | 'most' | 'alone' | 'whilePruned', readonly Round[]>>;
  readonly dropped: number;
}

/** All of it as Markdown. */
export function page(measured: Measured): string {
  const { machine, rounds, isPinned, dropped } = measured;
  const on = isPinned ? 'on one processor, whoever asks on the other' : 'on the processor of whoever asks';
  return [
    `${machine}; the server ${on}; medians of ${rounds.fixed.length} interleaved rounds`,
    decisionsTable(measured),
    `Rows of the book that were dropped: ${dropped}.`,
    month(measured),
    tables(measured),
  ].join('\n\n');
}

function decisionsTable({ rounds, decisions: fixed }: Measured): string {
  const named: readonly (readonly [string, readonly Round[]])[] = [
    [`${number(fixed)} decisions/s`, rounds.fixed],
    ['the same, while old rows are pruned', rounds.whilePruned],
    ['as fast as it goes', rounds.most],
    ['HTTP alone, nothing decided', rounds.alone],
  ];
  return table(
    [
      'asked',
      'decisions/s',
      'p50 ms',
      'p99 ms',
      'longest ms',
      'processor seconds for 1,000 decisions',
      'of these main thread',
      'writing thread',
      'of the processor used',
    ],
    named
      .filter(([, each]) => each.length > 0)
      .map(([name, each]) => {
        const { decisions, p50, p99, longest, cpu, busy } = middle(each);
        return [
          name,
          number(decisions),
          p50.toFixed(2),
          p99.toFixed(1),
          longest.toFixed(0),
          cpu.all.toFixed(3),
          cpu.main.toFixed(3),
          cpu.writer.toFixed(3),
          `${(busy * 100).toFixed(0)} %`,
        ];
      }),
  );
}

function month({
  users,
  month: { logins, pruned, seconds },
  kept,
  sizes,
  startSeconds,
  startBytes,
  further,
  bytesAfter,
}: Measured): string {
  // The first days have nothing to delete; the last one has both.
  const day = pruned.at(-1);
  return table(
    [`${kept} days, ${number(users)} users, ${number(logins)} logins`, ''],
    [
      ['database', `${megabytes(sizes.bytes)} MB`],
      ['start, until it listens', `${startSeconds.toFixed(1)} s`],
      ['memory then', `${megabytes(startBytes)} MB`],
      [`memory after ${number(further)} further logins`, `${megabytes(bytesAfter)} MB`],
      ...(day === undefined
        ? []
        : [
            [
              `pruning a day (${number(day.cut)} rows cut, ${number(day.deleted)} deleted), half of it pauses`,
              `${day.seconds.toFixed(1)} s`,
            ],
          ]),
      ['decided and written without HTTP', `${number(logins / seconds)} logins/s`],
    ],
  );
}

function tables({ sizes }: Measured): string {
  return table(
    ['table', 'rows', 'MB', 'bytes a row'],
    sizes.tables.map(({ name, rows, bytes }) => [
      `\`${name}\``,
      number(rows),
      megabytes(bytes),
      rows === 0 ? '' : (bytes / rows).toFixed(0),
    ]),
  );
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
