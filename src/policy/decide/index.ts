/** Deciding about logins, and keeping the book of it. */

export { unobeyed } from './effects.js';
export type { KeyStats, PolicyManagement, StatsKey } from './management.js';
export { openDecider } from './open.js';
export type {
  Decider,
  Decision,
  DecisionOptions,
  DecisionPorts,
  HistoryLimits,
  Identify,
  Learning,
  PolicyBook,
  PolicyPast,
  RunningDecider,
} from './options.js';
export { outcomeOf } from './outcome.js';
export { type DeciderHistory, RulesDecider } from './rules-decider.js';
