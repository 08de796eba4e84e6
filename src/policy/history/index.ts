import type { HistoryLimits, Learning, PolicyPast } from '../decide/options.js';
import { History } from './history.js';
import type { CounterSpec } from './questions.js';

export { counterName } from './counter.js';
export { History, type HistoryKey, type HistoryOutcome, type HistoryRows, type HistorySize } from './history.js';
export type { CounterSpec, Familiarity, HistoryLogin, HistoryQuestions, HistoryRecord } from './questions.js';

export interface HistoryOptions {
  /** Those of the rules. */
  readonly counters: readonly CounterSpec[];
  readonly learning: Learning;
  readonly limits: HistoryLimits;
  /** null: it begins with nothing. */
  readonly past: PolicyPast | null;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
}

/** A history with what was kept before. Reads all of the past: some seconds for 100,000 users. Errors are those of the past. */
export function openHistory({ counters, learning, limits, past, now }: HistoryOptions): History {
  const history = new History(learning, limits, now);
  if (past !== null) history.restore(past);
  history.setCounters(counters, past);
  return history;
}
