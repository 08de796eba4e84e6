import { ConfigurationError, formatProblem, readPolicyRules } from '../../../config/index.js';
import { writeError } from '../../say.js';

/** What a policy's file says, or null where it cannot be used, which has been told. */
export function rulesOrTell(path: string): ReturnType<typeof readPolicyRules> | null {
  try {
    return readPolicyRules(path);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    writeError(error.problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    return null;
  }
}
