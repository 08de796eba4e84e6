import { ConfigurationError, formatProblem } from '../config/index.js';

/** What is wrong, one line each. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems.map(formatProblem);
  return [error instanceof Error ? error.message : String(error)];
}
