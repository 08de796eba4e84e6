import {
  ConfigurationError,
  formatProblem,
  type PolicyConfiguration,
  readPolicyConfiguration,
} from '../../../config/index.js';
import { formatEndpoint } from '../../../endpoint.js';
import { SensorError } from '../../../errors.js';
import { openNotices } from '../../../login/index.js';
import { EXIT, type ExitCode, UsageError } from '../../exit-codes.js';
import { RunningPolicy } from '../../policy/running-policy.js';
import { problemsOf } from '../../problems.js';
import { dropPrivileges } from '../../proxy/privileges.js';
import { onSignals } from '../../proxy/signals.js';
import { say, writeError } from '../../say.js';
import { version } from '../../version.js';
import { plural } from './words.js';

/**
 * Answers mail servers that ask about logins until it is told to end.
 *
 * @returns the exit code; every message has been printed
 * @throws UsageError without a configuration
 */
export async function policy(path: string | undefined, onlyCheck: boolean): Promise<ExitCode> {
  if (path === undefined) throw new UsageError('policy needs --config FILE, or one of its commands: test, explain');
  const read = () => readPolicyConfiguration(path, { machine: onlyCheck });
  const configuration = readOrTell(read);
  if (configuration === null) return EXIT.usage;
  if (onlyCheck) return checked(path, configuration);
  const notices = await openNotices({ target: 'stderr', plain: process.stderr.isTTY === true });
  for (const warning of configuration.warnings) notices.warn(formatProblem(warning));
  const { user, group } = configuration.runtime;
  let running: RunningPolicy;
  try {
    // Files are to belong to whom the process becomes; what only root can read has been read.
    if (user !== null) dropPrivileges({ user, group });
    running = await RunningPolicy.start({ configuration, readAgain: read, notices, version: version() });
  } catch (error) {
    // Of several addresses it says which.
    const place = error instanceof SensorError && error.code === 'policy_listen' ? `${error.field}: ` : '';
    for (const text of problemsOf(error)) say(`${place}${text}`);
    return EXIT.failed;
  }
  const stopped = new Promise<void>((resolve) => {
    onSignals({
      reload: () => running.reload(),
      stop: () => {
        void running.stop().then(resolve);
        notices.info('stopping when what was asked is answered');
      },
      kill: () => process.exit(EXIT.terminated),
    });
  });
  notices.info('listening', {
    addresses: running.bound.map(formatEndpoint),
    rules: configuration.decision.rules.length,
  });
  await stopped;
  return EXIT.done;
}

function readOrTell(read: () => PolicyConfiguration): PolicyConfiguration | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    writeError(error.problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    return null;
  }
}

function checked(path: string, { decision, server, warnings }: PolicyConfiguration): ExitCode {
  writeError(warnings.map((problem) => `${formatProblem(problem)}\n`).join(''));
  const enforced = decision.rules.filter((rule) => rule.enforce).length;
  const counts = `${plural(server.listen.length, 'address', 'addresses')}, ${plural(decision.rules.length, 'rule')}, ${enforced} enforced`;
  writeError(`${path}: can be used: ${counts}\n`);
  return EXIT.done;
}
