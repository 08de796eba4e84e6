import { median } from '../lib/measure.js';
import { ask, type Load, percentile, type Slow } from './load.js';
import type { Cpu, ServerProcess } from './server-process.js';

/** What one round, or the middle of several, came to. */
export interface Figures {
  /** Questions answered a second. */
  readonly decisions: number;
  /** Milliseconds from when a question was due. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Processor seconds for 1,000 questions and the reports that belong to them. */
  readonly cpu: Cpu;
  /** Share of its processor that the server used. */
  readonly busy: number;
}

export interface Round {
  readonly figures: Figures;
  readonly logins: number;
  readonly slowest: readonly Slow[];
}

export async function round(server: ServerProcess, load: Load): Promise<Round> {
  const before = server.cpu();
  const { seconds, questions, logins, latencies, slowest } = await ask(load);
  const after = server.cpu();
  const each = (thread: keyof Cpu) => ((after[thread] - before[thread]) / questions) * 1000;
  return {
    logins,
    slowest,
    figures: {
      decisions: questions / seconds,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      longest: latencies.at(-1) ?? Number.NaN,
      cpu: { all: each('all'), main: each('main'), writer: each('writer') },
      busy: (after.all - before.all) / seconds,
    },
  };
}

/** Member by member; of the longest the longest. */
export function middle(rounds: readonly Round[]): Figures {
  const of = (read: (figures: Figures) => number) => median(rounds.map(({ figures }) => read(figures)));
  return {
    decisions: of((f) => f.decisions),
    p50: of((f) => f.p50),
    p99: of((f) => f.p99),
    longest: Math.max(...rounds.map(({ figures }) => figures.longest)),
    cpu: { all: of((f) => f.cpu.all), main: of((f) => f.cpu.main), writer: of((f) => f.cpu.writer) },
    busy: of((f) => f.busy),
  };
}

/** Milliseconds between two slow answers of one stretch. */
const STRETCH = 50;

/** When the slowest answers came: many at once have waited for the same thing. */
export function stretches(slowest: readonly Slow[]): string {
  const found: { from: number; until: number; count: number; longest: number }[] = [];
  for (const { at, milliseconds } of [...slowest].sort((a, b) => a.at - b.at)) {
    const last = found.at(-1);
    if (last !== undefined && (at - last.until) * 1000 < STRETCH) {
      last.until = at;
      last.count++;
      last.longest = Math.max(last.longest, milliseconds);
    } else found.push({ from: at, until: at, count: 1, longest: milliseconds });
  }
  const worst = found.sort((a, b) => b.longest - a.longest).slice(0, 8);
  return worst
    .map(({ from, count, longest }) => `${longest.toFixed(1)} ms (${count} at ${from.toFixed(2)} s)`)
    .join(', ');
}
