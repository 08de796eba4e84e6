import type { Evidence } from '../../model/index.js';
import type { HistoryLogin, HistoryQuestions } from '../history/questions.js';
import type { PolicyLogin } from '../login.js';
import { MAX_FOUND } from './limits.js';

/** What a condition is asked about. */
export interface Subject {
  readonly login: PolicyLogin;
  /** The same, for the history. */
  readonly past: HistoryLogin;
  readonly history: HistoryQuestions;
}

/** One condition, made ready: what it found where it holds, else null. Never throws. */
export type Check = (subject: Subject) => Evidence | null;

export function evidence(condition: string, found: Evidence['found'], numbers: Evidence['numbers'] = {}): Evidence {
  return { condition, found: typeof found === 'string' ? found.slice(0, MAX_FOUND) : found, numbers };
}

/** Of a share or score: two decimals tell enough. */
export function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
